/** A seeded generator of pseudo-random numbers; the same seed gives the same numbers on every machine. */
export interface Prng {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Uniform integer in [0, exclusiveUpperBound). */
  integer(exclusiveUpperBound: number): number
}

/**
 * mulberry32: 32 bits of state, period 2^32, good enough for test data and shuffles; not for cryptography.
 * Source: T. Ettinger, public domain.
 */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0
  function uniform(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    uniform,
    normal() {
      // Box-Muller; 1 - u keeps the logarithm away from zero.
      return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
    },
    integer(exclusiveUpperBound) {
      return Math.floor(uniform() * exclusiveUpperBound)
    }
  }
}
