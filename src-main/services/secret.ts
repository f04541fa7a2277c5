import { isSameSecret, randomKey } from '../workspace/random-key'

/** A random secret of 256 bits that is compared in constant time. */
export interface Secret {
  readonly value: string
  matches(given: string | undefined): boolean
}

export function createSecret(): Secret {
  const value = randomKey()
  return { value, matches: (given) => given !== undefined && isSameSecret(given, value) }
}
