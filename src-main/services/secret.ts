import { isSameSecret, randomKey } from '../workspace/random-key'

/** A random secret of 256 bits that is compared in constant time. */
export interface Secret {
  readonly value: string
  matches(given: string | undefined): boolean
}

/** A new secret, or one that was made before. */
export function createSecret(value: string = randomKey()): Secret {
  return { value, matches: (given) => given !== undefined && isSameSecret(given, value) }
}
