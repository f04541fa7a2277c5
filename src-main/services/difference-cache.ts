import type { RateDifferenceReport } from '@contract/trial'

/** What follows from records that never change, so that it is computed once; undefined is a result too. */
export interface DifferenceCache {
  /** `key`: everything that the result depends on. */
  remember(
    key: readonly (string | number)[],
    compute: () => RateDifferenceReport | undefined
  ): RateDifferenceReport | undefined
}

/** Two references for each of 10,000 trials, and some room. An entry takes about 400 bytes. */
const mostEntries = 25_000

/** In memory, for as long as the process lives; the oldest entries make room for new ones. */
export function createDifferenceCache(most = mostEntries): DifferenceCache {
  const known = new Map<string, RateDifferenceReport | undefined>()
  return {
    remember(key, compute) {
      const name = JSON.stringify(key)
      if (known.has(name)) return known.get(name)
      const difference = compute()
      known.set(name, difference)
      for (const [oldest] of known) {
        if (known.size <= most) break
        known.delete(oldest)
      }
      return difference
    }
  }
}
