/** A tier that was written into a folder of its own. */
export interface ExportedTier {
  /** Absolute. */
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[]
  /**
   * Largest output difference between the folder, opened as a stranger would, and the stored model: 0 when identical. Null
   * for a large model, which is not run for that: its files are the stored ones, byte for byte.
   */
  readonly maxAbsoluteError: number | null
  /** The model card, Markdown. */
  readonly card: string
}
