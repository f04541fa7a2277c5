import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import {
  add,
  fromRows,
  hasPositiveLargestEntries,
  largestDifference,
  multiply,
  orthonormalityError,
  randomMatrix,
  scaleColumns
} from '../../tests/helpers/dense-matrices'
import { linalgGoldens } from '../../tests/helpers/linalg-goldens'
import { columnSlice, frobeniusNorm, identity, matrix, transpose, type Matrix } from './matrix'
import { svd } from './svd'
import { symmetricEigenvalues } from './symmetric-eigen'

const epsilon = Number.EPSILON

/** Backward stable: errors within a small multiple of (m + n) ε; the largest seen are a tenth of this bound. */
function expectDecomposition(a: Matrix): void {
  const size = Math.min(a.rows, a.columns)
  const { u, singularValues, v } = svd(a)
  expect([u.rows, u.columns, v.rows, v.columns]).toEqual([a.rows, size, a.columns, size])
  const rtol = 4 * (a.rows + a.columns) * epsilon
  const rebuilt = multiply(scaleColumns(u, singularValues), transpose(v))
  expect(frobeniusNorm(add(rebuilt, a, -1))).toBeLessThanOrEqual(rtol * frobeniusNorm(a))
  expect(orthonormalityError(u)).toBeLessThan(rtol)
  expect(orthonormalityError(v)).toBeLessThan(rtol)
  expect([...singularValues]).toEqual([...singularValues].sort((x, y) => y - x))
  expect(singularValues.every((value) => value >= 0)).toBe(true)
  expect(hasPositiveLargestEntries(u)).toBe(true)
}

const zeroTail = matrix(6, 4)
zeroTail.data.set([3, 1, 4, 1])

const hardMatrices: Record<string, Matrix> = {
  'the zero matrix': matrix(5, 3),
  'the identity': identity(6),
  'one negative number': fromRows([[-2]]),
  'a row': fromRows([[3, 0, -4]]),
  'a column': fromRows([[3], [0], [-4]]),
  'one row that is not zero': zeroTail,
  'all ones': matrix(40, 35, new Float64Array(1400).fill(1)),
  'rank 3 of 50': multiply(randomMatrix(50, 3, createPrng(1)), randomMatrix(3, 50, createPrng(2))),
  'a triangle of ones': matrix(
    36,
    36,
    Float64Array.from({ length: 36 ** 2 }, (_, i) => (i % 36 >= Math.floor(i / 36) ? 1 : 0))
  )
}

describe('svd against LAPACK', () => {
  it.each(linalgGoldens.svd)('finds the singular values: $name', ({ a, singularValues }) => {
    const input = fromRows(a)
    // Weyl: both sides are exact for matrices within a few (m + n) ε ‖A‖ of the input.
    const atol = 2 * (input.rows + input.columns) * epsilon * singularValues[0]!
    expect(largestDifference(svd(input).singularValues, singularValues)).toBeLessThan(atol)
    expectDecomposition(input)
  })

  it.each(linalgGoldens.svd.filter(({ u }) => u))(
    'finds the singular vectors with their signs: $name',
    ({ a, u, v, gap }) => {
      const input = fromRows(a)
      const actual = svd(input)
      // Wedin: a vector turns by at most the backward error over the gap.
      const atol = (4 * (input.rows + input.columns) * epsilon * frobeniusNorm(input)) / gap!
      expect(largestDifference(actual.u.data, u!.flat())).toBeLessThan(atol)
      expect(largestDifference(actual.v.data, v!.flat())).toBeLessThan(atol)
    }
  )
})

describe('svd', () => {
  it.each(Object.entries(hardMatrices))('decomposes %s', (_name, a) => expectDecomposition(a))

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [2, 3],
    [33, 33],
    [64, 40],
    [40, 64],
    [70, 66]
  ])('decomposes a random %i x %i matrix', (rows, columns) => {
    expectDecomposition(randomMatrix(rows, columns, createPrng(100 * rows + columns)))
  })

  it.each([1, -1])('decomposes a graded matrix, direction %i', (direction) => {
    const grades = Float64Array.from({ length: 12 }, (_, i) => 10 ** (direction * 2 * i))
    expectDecomposition(scaleColumns(randomMatrix(12, 12, createPrng(17)), grades))
    expectDecomposition(transpose(scaleColumns(randomMatrix(12, 12, createPrng(17)), grades)))
  })

  it('converges on bidiagonal matrices whose entries are scattered over 320 orders of magnitude', () => {
    const prng = createPrng(2)
    for (let attempt = 0; attempt < 10; attempt++) {
      const size = 20 + prng.integer(60)
      const a = matrix(size, size)
      for (let i = 0; i < size; i++) {
        for (let j = i; j < Math.min(size, i + 2); j++) {
          a.data[i * size + j] = prng.normal() * 10 ** (-320 * prng.uniform())
        }
      }
      expectDecomposition(a)
    }
  })

  it('keeps every digit of a diagonal from 1 to 1e-280', () => {
    const values = Float64Array.from({ length: 8 }, (_, i) => 10 ** (-40 * i))
    const { singularValues } = svd(scaleColumns(identity(8), values))
    singularValues.forEach((value, i) => expect(Math.abs(value / values[i]! - 1)).toBeLessThan(4 * epsilon))
  })

  it.each([1e-300, 1e300])('is not disturbed by a scale of %d', (scale) => {
    const a = randomMatrix(9, 7, createPrng(4))
    const scaled = matrix(
      9,
      7,
      a.data.map((value) => value * scale)
    )
    const expected = svd(a).singularValues
    const actual = svd(scaled).singularValues.map((value) => value / scale)
    expect(largestDifference(actual, expected)).toBeLessThan(32 * epsilon * expected[0]!)
  })

  it('has the roots of the eigenvalues of AᵀA as singular values', () => {
    const a = randomMatrix(30, 18, createPrng(12))
    const { singularValues } = svd(a)
    const squares = symmetricEigenvalues(multiply(transpose(a), a))
    const atol = 96 * epsilon * squares[0]!
    expect(
      largestDifference(
        singularValues.map((value) => value ** 2),
        squares
      )
    ).toBeLessThan(atol)
  })

  it('gives A and Aᵀ the same singular values, to rounding', () => {
    const a = randomMatrix(21, 13, createPrng(14))
    const expected = svd(a).singularValues
    expect(largestDifference(svd(transpose(a)).singularValues, expected)).toBeLessThan(
      68 * epsilon * expected[0]!
    )
  })

  it('truncates with exactly the error of the tail, and no competitor of that rank does better', () => {
    const a = randomMatrix(20, 14, createPrng(31))
    const { u, singularValues, v } = svd(a)
    const prng = createPrng(32)
    for (const rank of [1, 4, 9, 13]) {
      const left = scaleColumns(columnSlice(u, 0, rank), singularValues.subarray(0, rank))
      const right = columnSlice(v, 0, rank)
      const best = frobeniusNorm(add(multiply(left, transpose(right)), a, -1))
      const tail = Math.hypot(...singularValues.subarray(rank))
      expect(Math.abs(best - tail)).toBeLessThan(136 * epsilon * singularValues[0]!)
      for (let attempt = 0; attempt < 20; attempt++) {
        // Competitors near the optimum, from a millionth to as far as the factors are large.
        const distance = 10 ** -(attempt % 7)
        const otherLeft = add(left, randomMatrix(20, rank, prng), distance)
        const otherRight = add(right, randomMatrix(14, rank, prng), distance)
        const error = frobeniusNorm(add(multiply(otherLeft, transpose(otherRight)), a, -1))
        expect(error).toBeGreaterThan(best)
      }
    }
  })

  it('gives the same bits again and leaves its input alone', () => {
    const a = randomMatrix(20, 12, createPrng(3))
    const before = a.data.slice()
    const first = svd(a)
    expect(a.data).toEqual(before)
    expect(svd(a)).toEqual(first)
  })

  it('accepts an empty matrix', () => {
    expect(svd(matrix(0, 3)).singularValues).toHaveLength(0)
    expect(svd(matrix(3, 0)).singularValues).toHaveLength(0)
  })

  it('refuses entries that are not finite', () => {
    expect(() => svd(fromRows([[1, Infinity]]))).toThrow(expect.objectContaining({ code: 'numerical' }))
  })
})
