/**
 * Large arrays on their way to a page, which fetches them by key over HTTP: in a JSON message sixteen megabytes would
 * take several times as long and hold up every event behind them.
 */
import { WorkbenchError } from '@contract/errors'
import { randomKey } from '../workspace/random-key'

export interface ShelvedData {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mediaType: string
}

export interface DataShelf {
  /** Keeps the data for a while and returns its key, which cannot be guessed. */
  put(data: ShelvedData): string
  /** @throws WorkbenchError `not-found` for an unknown key, or data that had to make room. */
  take(key: string): ShelvedData
}

/** A page fetches within seconds, so this holds a dozen of the largest arrays. */
export const defaultShelfBytes = 256 << 20

/** Past `limitBytes` the oldest data goes first; the newest stays whatever its size. */
export function createDataShelf(limitBytes = defaultShelfBytes): DataShelf {
  const shelf = new Map<string, ShelvedData>()
  let heldBytes = 0
  return {
    put(data) {
      const key = randomKey()
      shelf.set(key, data)
      heldBytes += data.bytes.byteLength
      for (const [oldest, { bytes }] of shelf) {
        if (heldBytes <= limitBytes || oldest === key) break
        shelf.delete(oldest)
        heldBytes -= bytes.byteLength
      }
      return key
    },
    take(key) {
      const data = shelf.get(key)
      if (data !== undefined) return data
      throw new WorkbenchError('not-found', 'The data is not kept any more: ask for it again.')
    }
  }
}
