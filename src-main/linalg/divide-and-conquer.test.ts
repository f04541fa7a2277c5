import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../base/prng'
import {
  add,
  largestDifference,
  multiply,
  orthonormalityError,
  scaleColumns
} from '../../tests/helpers/dense-matrices'
import { divideAndConquer } from './divide-and-conquer'
import { frobeniusNorm, matrix, transpose } from './matrix'
import { scalarProducts } from './products'
import { tridiagonalEigen } from './tridiagonal-eigen'

type Entry = (i: number, size: number, prng: Prng) => number

/** Diagonals and off-diagonals that a join can meet: nothing to deflate, nearly all, ties, both signs of the tear. */
const kinds: Record<string, { diagonal: Entry; beside: Entry }> = {
  'no deflation': { diagonal: (_i, _n, prng) => prng.normal(), beside: (_i, _n, prng) => prng.normal() },
  'equal diagonal, negative tears': { diagonal: () => 1, beside: () => -0.5 },
  'zero diagonal': { diagonal: () => 0, beside: () => 1 },
  'zero tears': { diagonal: (i) => (i % 7) / 7, beside: () => 0 },
  Wilkinson: { diagonal: (i, n) => Math.abs(i - (n - 1) / 2) / n, beside: (_i, n) => 1 / n },
  'graded downwards': { diagonal: (i) => 10 ** (-i / 4), beside: (i) => 10 ** (-(i + 0.5) / 4) },
  'graded upwards': {
    diagonal: (i, n) => 10 ** (-(n - i) / 4),
    beside: (i, n) => 10 ** (-(n - i - 0.5) / 4)
  },
  clusters: {
    diagonal: (_i, _n, prng) => prng.integer(3) + 1e-12 * prng.normal(),
    beside: (_i, _n, prng) => 1e-6 * prng.normal()
  },
  'the identity but for rounding': {
    diagonal: (_i, _n, prng) => 1 + 1e-15 * prng.normal(),
    beside: (_i, _n, prng) => 1e-15 * prng.normal()
  }
}

describe('divideAndConquer', () => {
  // Sizes on both sides of a leaf, of one tear and of two.
  it.each(Object.keys(kinds))('decomposes tridiagonal matrices: %s', async (name) => {
    const kind = kinds[name]!
    for (const size of [1, 2, 32, 33, 64, 65, 66, 131]) {
      const prng = createPrng(size)
      const diagonal = Float64Array.from({ length: size }, (_, i) => kind.diagonal(i, size, prng))
      const beside = Float64Array.from({ length: size - 1 }, (_, i) => kind.beside(i, size, prng))
      const t = matrix(size, size)
      diagonal.forEach((value, i) => (t.data[i * (size + 1)] = value))
      beside.forEach((value, i) => {
        t.data[i * (size + 1) + 1] = value
        t.data[(i + 1) * (size + 1) - 1] = value
      })
      const values = diagonal.slice()
      const rows = await divideAndConquer(values, beside.slice(), scalarProducts)
      const rebuilt = multiply(scaleColumns(transpose(rows), values), rows)
      // Backward stable: a small multiple of n ε ‖T‖; the errors seen are below a third of n ε.
      const atol = 2 * size * Number.EPSILON
      expect(frobeniusNorm(add(rebuilt, t, -1))).toBeLessThanOrEqual(atol * frobeniusNorm(t))
      expect(orthonormalityError(transpose(rows))).toBeLessThanOrEqual(atol)
      // QL shares no step of this with divide and conquer, beyond the leaves.
      tridiagonalEigen(diagonal, beside)
      expect(largestDifference(values.sort(), diagonal.sort())).toBeLessThanOrEqual(atol * frobeniusNorm(t))
    }
  })
})
