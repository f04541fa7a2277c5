import { WorkbenchError } from '@contract/errors'

/** The sentence to show for whatever was thrown. */
export function failureMessage(thrown: unknown): string {
  return thrown instanceof WorkbenchError ? thrown.message : String(thrown)
}
