import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  add,
  fromRows,
  largestDifference,
  multiply,
  orthonormalityError,
  randomMatrix,
  scaleColumns
} from '../../tests/helpers/dense-matrices'
import { createPrng } from '../base/prng'
import { columnSlice, frobeniusNorm, identity, matrix, transpose, type Matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { svd } from '../linalg/svd'
import { lowRankFactors, type LowRankFactors } from './low-rank-factors'

const epsilon = Number.EPSILON

/** LAPACK's answers; made by tests/fixtures/compression/generate.py. */
const goldens = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../tests/fixtures/compression/low-rank.json'), 'utf8')
) as readonly {
  name: string
  weight: number[][]
  moment: number[][] | null
  momentRoot: number[][]
  singularValues: number[]
  projected: { rank: number; outputs: number[][] }[]
}[]

/** Made by tests/fixtures/compression/singular_values.py. */
const { graded: gradedGoldens } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../tests/fixtures/compression/singular-values.json'), 'utf8')
) as { readonly graded: readonly Graded[] }

interface Graded {
  readonly name: string
  readonly condition: number
  readonly rows: number[][]
  readonly singularValues: number[]
}

/** W′ of rank r: the first r columns of `down` times the first r rows of `up`. */
function ofRank({ down, up }: LowRankFactors, rank: number): Matrix {
  return multiply(columnSlice(down, 0, rank), matrix(rank, up.columns, up.data.slice(0, rank * up.columns)))
}

/** tr((W − W′)ᵀ · C · (W − W′)): the squared output error per row of input. */
function outputError(weight: Matrix, candidate: Matrix, moment: Matrix): number {
  const difference = add(weight, candidate, -1)
  const weighted = multiply(moment, difference)
  return difference.data.reduce((sum, value, i) => sum + value * weighted.data[i]!, 0)
}

/** XᵀX ÷ rows of `rows` random inputs: of rank `rows` when that is below `features`. */
function randomMoment(features: number, rows: number, seed: number): Matrix {
  const x = randomMatrix(rows, features, createPrng(seed))
  const gram = multiply(transpose(x), x)
  return matrix(
    features,
    features,
    gram.data.map((value) => value / rows)
  )
}

/** Σ_{k ≥ rank} σ_k². */
function tail({ singularValues }: LowRankFactors, rank: number): number {
  return singularValues.subarray(rank).reduce((sum, value) => sum + value ** 2, 0)
}

const shapes = [
  [12, 7],
  [7, 12],
  [9, 9],
  [1, 5],
  [5, 1]
] as const

const moments: readonly [string, (features: number) => Matrix | undefined][] = [
  ['no moment', () => undefined],
  ['a moment of full rank', (features) => randomMoment(features, 4 * features, 2)],
  ['a singular moment', (features) => randomMoment(features, Math.max(1, Math.floor(features / 2)), 3)],
  ['a moment of zeros', (features) => matrix(features, features)]
]

const cases = shapes.flatMap(([rows, columns]) =>
  moments.map(([name, moment]) => ({
    name: `[${rows}, ${columns}] with ${name}`,
    weight: randomMatrix(rows, columns, createPrng(100 * rows + columns)),
    moment: moment(rows)
  }))
)

describe('lowRankFactors against LAPACK', () => {
  it.each(goldens)('$name', async ({ weight, moment, momentRoot, singularValues, projected }) => {
    const w = fromRows(weight)
    const factors = await lowRankFactors(w, moment === null ? undefined : fromRows(moment), scalarProducts)
    const squares = (values: ArrayLike<number>) => Array.from(values, (value) => value ** 2)
    const scale = singularValues[0]! ** 2
    // σ² are eigenvalues of a Gram matrix, exact within a few n ε σ₁²; a small σ itself carries fewer digits.
    const atol = 8 * (w.rows + w.columns) * epsilon * scale
    expect(largestDifference(squares(factors.singularValues), squares(singularValues))).toBeLessThan(atol)
    for (const { rank, outputs } of projected) {
      const actual = multiply(fromRows(momentRoot), ofRank(factors, rank))
      // The subspace turns by at most the error of the Gram matrix over the gap that follows the rank.
      const gap = singularValues[rank - 1]! ** 2 - singularValues[rank]! ** 2
      expect(largestDifference(actual.data, outputs.flat())).toBeLessThan(
        (4 * atol * singularValues[0]!) / gap
      )
    }
  })
})

describe('lowRankFactors against LAPACK, far below the largest singular value', () => {
  it.each(gradedGoldens)('$name', async ({ rows, condition, singularValues }) => {
    const w = fromRows(rows)
    const factors = await lowRankFactors(w, undefined, scalarProducts)
    // 1e-9 of each value is promised while the condition is below 1e6; rounding of W·v, some ε σ₁, adds to both sides.
    const rtol = 1e-10 + 20 * epsilon * condition
    expect(rtol).toBeLessThan(1e-9 * Math.max(1, condition / 1e5))
    factors.singularValues.forEach((value, k) => {
      expect(Math.abs(value / singularValues[k]! - 1)).toBeLessThan(rtol)
    })
    const scale = 8 * (w.rows + w.columns) * epsilon
    expect(orthonormalityError(transpose(factors.up))).toBeLessThan(scale)
    expect(largestDifference(multiply(factors.down, factors.up).data, w.data)).toBeLessThan(scale)
  })
})

describe.each(cases)('lowRankFactors of $name', ({ weight, moment }) => {
  const size = Math.min(weight.rows, weight.columns)
  const c = moment ?? identity(weight.rows)
  const factorize = () => lowRankFactors(weight, moment, scalarProducts)
  /** Rounding of a squared error: a few n ε of the error of the zero map. */
  const atol =
    16 *
    (weight.rows + weight.columns) *
    epsilon *
    outputError(weight, scaleColumns(weight, new Float64Array(weight.columns)), c)

  it('gives descending singular values and orthonormal rows of `up`', async () => {
    const { down, up, singularValues } = await factorize()
    expect([down.rows, down.columns, up.rows, up.columns]).toEqual([weight.rows, size, size, weight.columns])
    expect([...singularValues]).toEqual([...singularValues].sort((a, b) => b - a))
    expect(singularValues.every((value) => value >= 0)).toBe(true)
    expect(orthonormalityError(transpose(up))).toBeLessThan(8 * (weight.rows + weight.columns) * epsilon)
  })

  it('loses at every rank exactly the squares of the discarded singular values', async () => {
    const factors = await factorize()
    for (let rank = 0; rank <= size; rank++) {
      const error = outputError(weight, ofRank(factors, rank), c)
      expect(Math.abs(error - tail(factors, rank))).toBeLessThanOrEqual(atol)
    }
  })

  it('is not beaten by any competitor of its rank', async () => {
    const factors = await factorize()
    const prng = createPrng(5)
    for (let rank = 1; rank < size; rank++) {
      const best = outputError(weight, ofRank(factors, rank), c)
      const down = columnSlice(factors.down, 0, rank)
      const up = matrix(rank, weight.columns, factors.up.data.slice(0, rank * weight.columns))
      for (let attempt = 0; attempt < 24; attempt++) {
        // From next to the optimum to far away.
        const distance = 10 ** -(attempt % 8)
        const competitor = multiply(
          add(down, randomMatrix(weight.rows, rank, prng), distance),
          add(up, randomMatrix(rank, weight.columns, prng), distance)
        )
        expect(outputError(weight, competitor, c)).toBeGreaterThanOrEqual(best - atol)
      }
    }
  })

  it('loses nothing at full rank', async () => {
    const whole = ofRank(await factorize(), size)
    expect(outputError(weight, whole, c)).toBeLessThanOrEqual(atol)
    // Where V is square, or C hides no direction, the weight itself comes back.
    if (weight.columns <= weight.rows || moment === undefined) {
      const rtol = 8 * (weight.rows + weight.columns) * epsilon
      expect(frobeniusNorm(add(whole, weight, -1))).toBeLessThanOrEqual(rtol * frobeniusNorm(weight))
    }
  })

  it('gives the same bits again and leaves its operands alone', async () => {
    const before = [weight.data.slice(), moment?.data.slice()]
    const first = await factorize()
    expect([weight.data, moment?.data]).toEqual(before)
    expect(await factorize()).toEqual(first)
  })
})

describe('lowRankFactors', () => {
  it.each(shapes)('without a moment is the truncated SVD: [%i, %i]', async (rows, columns) => {
    const weight = randomMatrix(rows, columns, createPrng(rows + 31 * columns))
    const factors = await lowRankFactors(weight, undefined, scalarProducts)
    const { u, singularValues, v } = svd(weight)
    const size = Math.min(rows, columns)
    const scale = singularValues[0]!
    for (let rank = 1; rank <= size; rank++) {
      const expected = multiply(
        scaleColumns(columnSlice(u, 0, rank), singularValues.subarray(0, rank)),
        transpose(columnSlice(v, 0, rank))
      )
      // As against LAPACK: the Gram matrix's error over the gap of the squares; none follows the last rank.
      const gap = rank === size ? scale ** 2 : singularValues[rank - 1]! ** 2 - singularValues[rank]! ** 2
      const atol = (64 * (rows + columns) * epsilon * scale ** 3) / gap
      expect(largestDifference(ofRank(factors, rank).data, expected.data)).toBeLessThan(atol)
    }
  })

  it.each([
    ['of full rank', 24],
    ['of rank 4', 4]
  ])('gives the same outputs from either side, with a moment %s', async (_, inputRows) => {
    const [rows, columns] = [9, 6]
    const weight = randomMatrix(rows, columns, createPrng(17))
    const x = randomMatrix(inputRows, rows, createPrng(18))
    const gram = multiply(transpose(x), x)
    const outputSide = await lowRankFactors(weight, gram, scalarProducts)
    // The same layer with outputs that are always 0 is wider than high and is solved on the other side.
    const padded = matrix(rows, rows + 1)
    for (let i = 0; i < rows; i++) {
      padded.data.set(weight.data.subarray(i * columns, (i + 1) * columns), i * padded.columns)
    }
    const inputSide = await lowRankFactors(padded, gram, scalarProducts)
    const { singularValues } = outputSide
    for (let rank = 1; rank <= columns; rank++) {
      // W′ may differ once the rank exceeds that of the moment, X·W′ may not.
      const expected = multiply(x, ofRank(outputSide, rank))
      const actual = multiply(x, ofRank(inputSide, rank))
      const next = singularValues[rank] ?? 0
      const gap = singularValues[rank - 1]! ** 2 - next ** 2
      // Beyond the rank both are X·W, within the root of the rounding of σ².
      const atol =
        gap > 1e-3 * singularValues[0]! ** 2
          ? (64 * 16 * epsilon * singularValues[0]! ** 3) / gap
          : Math.sqrt(64 * 16 * epsilon) * singularValues[0]!
      expect(largestDifference(columnSlice(actual, 0, columns).data, expected.data)).toBeLessThan(atol)
      expect(frobeniusNorm(columnSlice(actual, columns, rows + 1))).toBeLessThan(atol)
    }
  })

  it('does not change its map when the moment is scaled', async () => {
    const weight = randomMatrix(6, 10, createPrng(8))
    const moment = randomMoment(6, 30, 9)
    const scaled = matrix(
      6,
      6,
      moment.data.map((value) => value * 2 ** -40)
    )
    const expected = await lowRankFactors(weight, moment, scalarProducts)
    const actual = await lowRankFactors(weight, scaled, scalarProducts)
    // A power of two changes no digit.
    expect(actual.up).toEqual(expected.up)
    expect([...actual.singularValues]).toEqual([...expected.singularValues.map((value) => value * 2 ** -20)])
  })

  it('accepts a weight of zeros', async () => {
    for (const [rows, columns] of shapes) {
      const factors = await lowRankFactors(matrix(rows, columns), randomMoment(rows, 8, 4), scalarProducts)
      expect(frobeniusNorm(factors.down)).toBe(0)
      expect(orthonormalityError(transpose(factors.up))).toBeLessThan(32 * epsilon)
    }
  })

  it.each([
    [5, 3],
    [3, 5]
  ])('refuses values that are not finite: [%i, %i]', async (rows, columns) => {
    const weight = randomMatrix(rows, columns, createPrng(1))
    const moment = randomMoment(rows, 20, 2)
    for (const bad of [NaN, Infinity, -Infinity]) {
      const badWeight = matrix(rows, columns, weight.data.with(4, bad))
      const badMoment = matrix(rows, rows, moment.data.with(4, bad))
      const numerical = expect.objectContaining({ code: 'numerical' }) as Error
      await expect(lowRankFactors(badWeight, undefined, scalarProducts)).rejects.toEqual(numerical)
      await expect(lowRankFactors(badWeight, moment, scalarProducts)).rejects.toEqual(numerical)
      await expect(lowRankFactors(weight, badMoment, scalarProducts)).rejects.toEqual(numerical)
    }
  })

  it('refuses a moment of another size', async () => {
    const internal = expect.objectContaining({ code: 'internal' }) as Error
    for (const [rows, columns] of [
      [5, 3],
      [3, 5]
    ] as const) {
      const weight = randomMatrix(rows, columns, createPrng(1))
      await expect(lowRankFactors(weight, identity(4), scalarProducts)).rejects.toEqual(internal)
    }
  })
})
