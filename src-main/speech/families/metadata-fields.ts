import { WorkbenchError } from '@contract/errors'
import type { ModelFolder } from './model-folder'

/** The `metadata_props` of a model, texts by key, read one by one and checked. */
export class MetadataFields {
  readonly #values: ReadonlyMap<string, string>
  readonly #folder: ModelFolder

  constructor(values: ReadonlyMap<string, string>, folder: ModelFolder) {
    this.#values = values
    this.#folder = folder
  }

  optionalText(key: string): string | undefined {
    return this.#values.get(key)
  }

  /** @throws WorkbenchError `unsupported-model` when the text is not a finite number. */
  optionalNumber(key: string): number | undefined {
    const text = this.#values.get(key)?.trim()
    if (text === undefined) return undefined
    const value = Number(text)
    if (text === '' || !Number.isFinite(value)) throw this.mismatch(key, 'a number')
    return value
  }

  /** @throws WorkbenchError `unsupported-model` when the text is not a whole number of at least `minimum`. */
  optionalInteger(key: string, minimum: number): number | undefined {
    const value = this.optionalNumber(key)
    if (value !== undefined && (!Number.isSafeInteger(value) || value < minimum)) {
      throw this.mismatch(key, `a whole number of at least ${minimum}`)
    }
    return value
  }

  /** The error for a text that is not what it should be. */
  mismatch(key: string, expected: string): WorkbenchError {
    return new WorkbenchError(
      'unsupported-model',
      `${this.#folder.modelFile} of '${this.#folder.name}' has '${key}' = '${this.#values.get(key) ?? ''}' in its metadata, expected ${expected}.`
    )
  }
}
