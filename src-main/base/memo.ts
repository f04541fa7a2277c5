/**
 * Remembers what was computed once, by key. A failure is not remembered: whoever asks next may have mended its cause, or
 * not have cancelled.
 */
export class Memo<T> {
  readonly #entries = new Map<string, Promise<T>>()

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#entries.set(key, made)
    made.catch(() => {
      if (this.#entries.get(key) === made) this.#entries.delete(key)
    })
    return made
  }
}
