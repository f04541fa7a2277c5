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
  randomSymmetric,
  scaleColumns
} from '../../tests/helpers/dense-matrices'
import { linalgGoldens } from '../../tests/helpers/linalg-goldens'
import { frobeniusNorm, identity, matrix, transpose, type Matrix } from './matrix'
import { scalarProducts } from './products'
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen'

const epsilon = Number.EPSILON

/**
 * What a backward stable method owes: both errors stay within a small multiple of n ε. Over some thousand matrices
 * of every kind below, the largest errors seen were half of n ε, an eighth of this bound.
 */
async function expectDecomposition(a: Matrix): Promise<void> {
  const n = a.rows
  const { values, vectors: rows } = await symmetricEigen(a, scalarProducts)
  const vectors = transpose(rows)
  const rebuilt = multiply(scaleColumns(vectors, values), transpose(vectors))
  expect(frobeniusNorm(add(rebuilt, a, -1))).toBeLessThanOrEqual(4 * n * epsilon * frobeniusNorm(a))
  expect(orthonormalityError(vectors)).toBeLessThan(4 * n * epsilon)
  expect([...values]).toEqual([...values].sort((x, y) => y - x))
  expect(hasPositiveLargestEntries(vectors)).toBe(true)
}

const hardMatrices: Record<string, Matrix> = {
  'the zero matrix': matrix(6, 6),
  'the identity': identity(7),
  '1 x 1': fromRows([[-3]]),
  '2 x 2': fromRows([
    [1, 2],
    [2, -2]
  ]),
  '2 x 2 with a zero diagonal': fromRows([
    [0, 1],
    [1, 0]
  ]),
  'all ones, rank one': matrix(33, 33, new Float64Array(33 ** 2).fill(1)),
  'a Gram matrix of rank 5': rankDeficientGram(40, 5),
  'a diagonal in random order': scaleColumns(identity(9), new Float64Array([3, -1, 4, 1, -5, 9, 2, -6, 5])),
  'a path, eigenvalues in pairs ±': path(31),
  'blocks that do not touch': scaleColumns(identity(65), new Float64Array(65).fill(2)),
  'a Gram matrix of rank 9, torn three times': rankDeficientGram(150, 9),
  'a glued Wilkinson matrix, nearly equal values in every part': gluedWilkinson(5, 1e-9),
  'all ones, torn twice': matrix(100, 100, new Float64Array(100 ** 2).fill(1)),
  'random, beyond one block of reflectors': randomSymmetric(97, 7)
}

function rankDeficientGram(size: number, rank: number): Matrix {
  const factor = randomMatrix(size, rank, createPrng(11))
  return multiply(factor, transpose(factor))
}

/** `parts` copies of Wilkinson's W21+, coupled by `glue`. */
function gluedWilkinson(parts: number, glue: number): Matrix {
  const size = 21 * parts
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) {
    result.data[i * size + i] = Math.abs((i % 21) - 10)
    if (i + 1 < size) result.data[(i + 1) * size + i] = i % 21 === 20 ? glue : 1
    if (i > 0) result.data[(i - 1) * size + i] = result.data[i * size + i - 1]!
  }
  return result
}

/** Adjacency matrix of a path: tridiagonal with a zero diagonal; its eigenvalues are 2 cos(π k / (n + 1)). */
function path(size: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i + 1 < size; i++) {
    result.data[i * size + i + 1] = 1
    result.data[(i + 1) * size + i] = 1
  }
  return result
}

describe('symmetricEigen against LAPACK', () => {
  it.each(linalgGoldens.eigen)('finds the eigenvalues: $name', async ({ a, values }) => {
    const input = fromRows(a)
    // Weyl: both sides are exact for matrices within a few n ε ‖A‖ of the input.
    const atol = 2 * input.rows * epsilon * frobeniusNorm(input)
    expect(largestDifference((await symmetricEigen(input, scalarProducts)).values, values)).toBeLessThan(atol)
    expect(largestDifference(symmetricEigenvalues(input), values)).toBeLessThan(atol)
    await expectDecomposition(input)
  })

  it.each(linalgGoldens.eigen.filter(({ vectors }) => vectors))(
    'finds the eigenvectors with their signs: $name',
    async ({ a, vectors, gap }) => {
      const input = fromRows(a)
      // Davis-Kahan: a vector turns by at most the backward error over the gap.
      const atol = (4 * input.rows * epsilon * frobeniusNorm(input)) / gap!
      expect(
        largestDifference(
          transpose((await symmetricEigen(input, scalarProducts)).vectors).data,
          vectors!.flat()
        )
      ).toBeLessThan(atol)
    }
  )
})

describe('symmetricEigen', () => {
  it.each(Object.entries(hardMatrices))('decomposes %s', async (_name, a) => expectDecomposition(a))

  it.each([1, 2, 3, 4, 5, 31, 32, 33, 34, 64, 65, 66])(
    'decomposes a random matrix of size %i',
    async (size) => {
      await expectDecomposition(randomSymmetric(size, size))
    }
  )

  it('finds the known eigenvalues of a path', async () => {
    const exact = Array.from({ length: 31 }, (_, k) => 2 * Math.cos((Math.PI * (k + 1)) / 32))
    // ‖A‖₂ < 2; a multiple of n ε.
    expect(largestDifference((await symmetricEigen(path(31), scalarProducts)).values, exact)).toBeLessThan(
      31 * 2 * epsilon
    )
  })

  it.each([1e-300, 1e-160, 1e160, 1e300])('is not disturbed by a scale of %d', async (scale) => {
    const a = randomSymmetric(20, 3)
    const scaled = matrix(
      20,
      20,
      a.data.map((value) => value * scale)
    )
    const expected = await symmetricEigen(a, scalarProducts)
    const actual = await symmetricEigen(scaled, scalarProducts)
    // The scale is no power of two, so every entry of the input is rounded once more.
    const atol = 40 * epsilon * frobeniusNorm(a)
    expect(
      largestDifference(
        actual.values.map((value) => value / scale),
        expected.values
      )
    ).toBeLessThan(atol)
    expect(orthonormalityError(transpose(actual.vectors))).toBeLessThan(80 * epsilon)
  })

  it('converges on entries from 1e-300 to 1e300, in either order', async () => {
    for (const direction of [1, -1]) {
      const grades = Float64Array.from({ length: 13 }, (_, i) => 10 ** (direction * (25 * i - 150)))
      const a = matrix(
        13,
        13,
        randomSymmetric(13, 5).data.map((value, i) => value * grades[Math.floor(i / 13)]! * grades[i % 13]!)
      )
      const { values, vectors } = await symmetricEigen(a, scalarProducts)
      expect(values.every(Number.isFinite)).toBe(true)
      expect(orthonormalityError(transpose(vectors))).toBeLessThan(52 * epsilon)
    }
  })

  it('converges on tridiagonal matrices whose entries are scattered over 320 orders of magnitude', async () => {
    const prng = createPrng(1)
    for (let attempt = 0; attempt < 10; attempt++) {
      const size = 20 + prng.integer(60)
      const a = matrix(size, size)
      for (let i = 0; i < size; i++) {
        for (let j = Math.max(0, i - 1); j <= i; j++) {
          a.data[i * size + j] = a.data[j * size + i] = prng.normal() * 10 ** (-320 * prng.uniform())
        }
      }
      await expectDecomposition(a)
    }
  })

  it('keeps trace and Frobenius norm', async () => {
    const a = randomSymmetric(50, 9)
    const { values } = await symmetricEigen(a, scalarProducts)
    const trace = a.data.reduce((sum, value, i) => (i % 51 === 0 ? sum + value : sum), 0)
    const atol = 100 * epsilon * frobeniusNorm(a)
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) - trace)).toBeLessThan(50 * atol)
    expect(Math.abs(Math.hypot(...values) - frobeniusNorm(a))).toBeLessThan(atol)
  })

  it('interlaces with the eigenvalues of a principal submatrix (Cauchy)', () => {
    const a = randomSymmetric(24, 13)
    const minor = matrix(23, 23)
    for (let i = 0; i < 23; i++) minor.data.set(a.data.subarray(i * 24, i * 24 + 23), i * 23)
    const outer = symmetricEigenvalues(a)
    const inner = symmetricEigenvalues(minor)
    inner.forEach((value, k) => {
      expect(value).toBeLessThanOrEqual(outer[k]!)
      expect(value).toBeGreaterThanOrEqual(outer[k + 1]!)
    })
  })

  it('gives the same bits again, leaves its input alone and reads the lower triangle only', async () => {
    const a = randomSymmetric(40, 21)
    const before = a.data.slice()
    const first = await symmetricEigen(a, scalarProducts)
    expect(a.data).toEqual(before)
    const lower = matrix(
      40,
      40,
      a.data.map((value, i) => (i % 40 > Math.floor(i / 40) ? 1e9 : value))
    )
    // The scale is taken from all entries, so the disturbed triangle may shift the last bits.
    expect(await symmetricEigen(a, scalarProducts)).toEqual(first)
    const atol = 80 * epsilon * frobeniusNorm(a)
    expect(
      largestDifference((await symmetricEigen(lower, scalarProducts)).values, first.values)
    ).toBeLessThan(atol)
  })

  it('accepts an empty matrix', async () => {
    expect((await symmetricEigen(matrix(0, 0), scalarProducts)).values).toHaveLength(0)
    expect(symmetricEigenvalues(matrix(0, 0))).toHaveLength(0)
  })

  it('refuses a matrix that is not square', async () => {
    await expect(symmetricEigen(matrix(2, 3), scalarProducts)).rejects.toEqual(
      expect.objectContaining({
        code: 'internal',
        message: 'A symmetric eigenproblem needs a square matrix, got [2, 3].'
      })
    )
  })

  it.each([NaN, Infinity, -Infinity])('refuses an entry that is %d', (value) => {
    const a = identity(3)
    a.data[5] = value
    expect(() => symmetricEigenvalues(a)).toThrow(
      expect.objectContaining({ code: 'numerical', details: { rows: 3, columns: 3, row: 1, column: 2 } })
    )
  })
})
