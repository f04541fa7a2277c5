import { createPrng, type Prng } from '../base/prng'

/**
 * A generator that belongs to a place in a training: the seed of the recipe and whatever names the place (a purpose, an
 * epoch, a recording). No state runs through a training, so one that resumes draws what it would have drawn.
 *
 * FNV-1a over the words, spread by the last steps of MurmurHash3; different places give unrelated numbers.
 */
export function derivedPrng(seed: number, ...place: readonly (string | number)[]): Prng {
  let hash = 0x811c9dc5
  for (const character of JSON.stringify([seed, ...place])) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return createPrng((hash ^ (hash >>> 16)) >>> 0)
}
