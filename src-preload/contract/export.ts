/** A tier that was written into a folder of its own. */
export interface ExportedTier {
  /** Absolute. */
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[]
  /** Largest output difference between the folder, opened as a stranger would, and the stored model: 0 when identical. */
  readonly maxAbsoluteError: number
  /** The model card, Markdown. */
  readonly card: string
}
