import { WorkbenchError, type ErrorCode } from '@contract/errors'

/**
 * A JSON object whose fields are read one by one, each checked for its type.
 *
 * A field that is `null` counts as absent, as Hugging Face configurations write it. Every complaint begins with
 * `where`, so it is worded for the head of a sentence: `config.json of 'tiny-ctc'`, `Line 17 of dev.jsonl`.
 */
export class JsonFields {
  readonly where: string
  readonly #values: ReadonlyMap<string, unknown>
  readonly #code: ErrorCode

  private constructor(values: ReadonlyMap<string, unknown>, where: string, code: ErrorCode) {
    this.#values = values
    this.where = where
    this.#code = code
  }

  /** @throws WorkbenchError `code` when `text` is not JSON or not an object. */
  static parse(text: string, where: string, code: ErrorCode): JsonFields {
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new WorkbenchError(code, `${where} is not JSON, expected an object: ${reason}.`, { cause: error })
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new WorkbenchError(code, `${where} holds ${describe(parsed)}, expected a JSON object.`)
    }
    return new JsonFields(new Map(Object.entries(parsed)), where, code)
  }

  /** Every field, in file order, unchecked. */
  entries(): [string, unknown][] {
    return [...this.#values]
  }

  has(key: string): boolean {
    return this.#present(key) !== undefined
  }

  optionalString(key: string): string | undefined {
    const value = this.#present(key)
    if (value !== undefined && typeof value !== 'string') throw this.mismatch(key, 'a string', value)
    return value
  }

  string(key: string): string {
    return this.optionalString(key) ?? this.#missing(key, 'a string')
  }

  optionalBoolean(key: string): boolean | undefined {
    const value = this.#present(key)
    if (value !== undefined && typeof value !== 'boolean') throw this.mismatch(key, 'true or false', value)
    return value
  }

  optionalNumber(key: string): number | undefined {
    const value = this.#present(key)
    // JSON has no infinity, but JSON.parse makes one of 1e999.
    if (value !== undefined && !Number.isFinite(value)) throw this.mismatch(key, 'a finite number', value)
    return value as number | undefined
  }

  number(key: string): number {
    return this.optionalNumber(key) ?? this.#missing(key, 'a number')
  }

  /** A whole number of at least `minimum`. */
  optionalInteger(key: string, minimum: number): number | undefined {
    const value = this.optionalNumber(key)
    if (value !== undefined && (!Number.isSafeInteger(value) || value < minimum)) {
      throw this.mismatch(key, `a whole number of at least ${minimum}`, value)
    }
    return value
  }

  integer(key: string, minimum: number): number {
    return this.optionalInteger(key, minimum) ?? this.#missing(key, 'a whole number')
  }

  /** The fields of an object inside this one; complaints name the key. */
  optionalObject(key: string): JsonFields | undefined {
    const value = this.#present(key)
    if (value === undefined) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.mismatch(key, 'an object', value)
    }
    return new JsonFields(new Map(Object.entries(value)), `'${key}' in ${this.where}`, this.#code)
  }

  object(key: string): JsonFields {
    return this.optionalObject(key) ?? this.#missing(key, 'an object')
  }

  /** One of a few words. */
  optionalChoice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.optionalString(key)
    const choice = choices.find((candidate) => candidate === value)
    if (value !== undefined && choice === undefined) {
      throw this.mismatch(key, `one of: ${choices.join(', ')}`, value)
    }
    return choice
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    return this.optionalChoice(key, choices) ?? this.#missing(key, `one of: ${choices.join(', ')}`)
  }

  /** Refuses fields outside `known`, so that a misspelt key is not silently ignored. */
  allowOnly(known: readonly string[]): void {
    const unknown = [...this.#values.keys()].find((key) => !known.includes(key))
    if (unknown !== undefined) {
      throw new WorkbenchError(
        this.#code,
        `${this.where} has '${unknown}', which means nothing there; expected only: ${known.join(', ')}.`
      )
    }
  }

  optionalStrings(key: string): string[] | undefined {
    return this.#optionalArray(key, 'a list of strings', (item) => typeof item === 'string')
  }

  /** A list of whole numbers, each at least 1. */
  optionalPositiveIntegers(key: string): number[] | undefined {
    return this.#optionalArray(
      key,
      'a list of positive whole numbers',
      (item): item is number => Number.isSafeInteger(item) && (item as number) >= 1
    )
  }

  /** The error for a field whose value is not what it should be. */
  mismatch(key: string, expected: string, got: unknown): WorkbenchError {
    return new WorkbenchError(
      this.#code,
      `${this.where} has '${key}' = ${describe(got)}, expected ${expected}.`
    )
  }

  #optionalArray<T>(key: string, expected: string, isItem: (item: unknown) => item is T): T[] | undefined {
    const value = this.#present(key)
    if (value === undefined) return undefined
    if (!Array.isArray(value) || !value.every(isItem)) throw this.mismatch(key, expected, value)
    return value
  }

  #present(key: string): unknown {
    return this.#values.get(key) ?? undefined
  }

  #missing(key: string, expected: string): never {
    throw new WorkbenchError(this.#code, `${this.where} has no '${key}', expected ${expected}.`)
  }
}

/** A value as a message shows it: its JSON, cut short. A list or object shows its first level only, however deep it goes. */
function describe(value: unknown): string {
  const text = JSON.stringify(value, (key, member: unknown) =>
    key !== '' && typeof member === 'object' && member !== null ? '...' : member
  )
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
