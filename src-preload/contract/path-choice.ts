/** Asking for a file or folder with the system's own dialog, where the host has one. */
import { z } from 'zod'

export const pathQuestionSchema = z.strictObject({
  title: z.string().max(200),
  accept: z.enum(['file', 'folder', 'either']),
  /** Endings of the files that may be chosen, with their dot; all files when left out. */
  extensions: z
    .array(z.string().regex(/^(\.[\w-]{1,20})+$/))
    .max(50)
    .optional(),
  /** Folder in which choosing begins. */
  start: z.string().min(1).max(4096).optional()
})
export type PathQuestion = z.infer<typeof pathQuestionSchema>

export interface PathChoice {
  /** Absolute; null when the user closed the dialog without choosing. */
  readonly path: string | null
}
