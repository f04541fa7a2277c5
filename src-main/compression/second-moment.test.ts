import { describe, expect, it } from 'vitest'
import { largestDifference, multiply } from '../../tests/helpers/dense-matrices'
import { createPrng } from '../base/prng'
import { matrix, transpose, type Matrix } from '../linalg/matrix'
import {
  covariance,
  inputMean,
  mergeMomentSums,
  secondMoment,
  SecondMomentAccumulator,
  type MomentSum
} from './second-moment'

/** XᵀX in plain float64 loops. */
async function gram(rows: Float32Array, columns: number): Promise<Matrix> {
  const x = matrix(rows.length / columns, columns, Float64Array.from(rows))
  return multiply(transpose(x), x)
}

function randomRows(count: number, features: number, seed: number): Float32Array {
  const prng = createPrng(seed)
  return Float32Array.from({ length: count * features }, () => prng.normal())
}

/** Adds `rows` in pieces of 1, 2, 3, ... rows. */
async function stream(rows: Float32Array, features: number, chunkRows: number): Promise<MomentSum> {
  const accumulator = new SecondMomentAccumulator(features, gram, chunkRows)
  for (let from = 0, count = 1; from < rows.length; from += count * features, count++) {
    await accumulator.add(rows.subarray(from, from + count * features))
  }
  return accumulator.finish()
}

describe('SecondMomentAccumulator', () => {
  it.each([1, 2, 5, 7, 16, 53, 2048])(
    'sums in chunks of %i rows what one product gives',
    async (chunkRows) => {
      const rows = randomRows(53, 6, 1)
      const expected = await gram(rows, 6)
      const { sum, rowCount } = await stream(rows, 6, chunkRows)
      expect(rowCount).toBe(53)
      // Another order of 53 additions in float64: each entry is within 53 ε of the largest sum of magnitudes.
      expect(largestDifference(sum.data, expected.data)).toBeLessThan(
        53 * Number.EPSILON * Math.max(...expected.data)
      )
    }
  )

  it('keeps every bit of sums that float64 can hold, where float32 could not', async () => {
    // 4097² = 2^24 + 8193: exact in float64, and lost in float32 once it is added up.
    const rows = new Float32Array(30).fill(4097)
    const { sum } = await stream(rows, 3, 4)
    expect([...sum.data]).toEqual(new Array<number>(9).fill(10 * 4097 ** 2))
  })

  it('accepts a piece larger than several chunks', async () => {
    const rows = randomRows(23, 4, 2)
    const accumulator = new SecondMomentAccumulator(4, gram, 5)
    await accumulator.add(rows)
    const { sum, rowCount } = await accumulator.finish()
    expect(rowCount).toBe(23)
    expect(largestDifference(sum.data, (await gram(rows, 4)).data)).toBeLessThan(1e-13)
  })

  it('may go on after the sums were read, which then do not change', async () => {
    const rows = randomRows(9, 3, 3)
    const accumulator = new SecondMomentAccumulator(3, gram, 4)
    await accumulator.add(rows.subarray(0, 15))
    const early = await accumulator.finish()
    const copy = early.sum.data.slice()
    await accumulator.add(rows.subarray(15))
    const late = await accumulator.finish()
    expect([early.rowCount, late.rowCount]).toEqual([5, 9])
    expect(early.sum.data).toEqual(copy)
    expect(largestDifference(late.sum.data, (await gram(rows, 3)).data)).toBeLessThan(1e-13)
  })

  it('does not keep the array that it was given', async () => {
    const rows = randomRows(3, 2, 4)
    const expected = await gram(rows.slice(), 2)
    const accumulator = new SecondMomentAccumulator(2, gram, 8)
    await accumulator.add(rows)
    rows.fill(0)
    expect((await accumulator.finish()).sum).toEqual(expected)
  })

  it.each([NaN, Infinity, -Infinity])('refuses %d and names the feature', async (bad) => {
    const rows = randomRows(7, 4, 5)
    rows[4 * 4 + 2] = bad
    await expect(stream(rows, 4, 3)).rejects.toMatchObject({
      code: 'numerical',
      message: "Feature 2 of a layer's inputs is not finite on the calibration set."
    })
  })

  it('accepts the largest float32, whose square no float32 holds', async () => {
    const largest = (2 - 2 ** -23) * 2 ** 127
    expect((await stream(Float32Array.of(largest), 1, 4)).sum.data[0]).toBe(largest ** 2)
  })

  it('refuses values that do not make whole rows', async () => {
    const accumulator = new SecondMomentAccumulator(4, gram)
    await expect(accumulator.add(new Float32Array(6))).rejects.toMatchObject({
      code: 'internal',
      message: '6 values do not make rows of 4 features.'
    })
  })
})

describe('mergeMomentSums', () => {
  it('gives the sums over both sets', async () => {
    const rows = randomRows(20, 5, 6)
    const first = await stream(rows.subarray(0, 35), 5, 3)
    const second = await stream(rows.subarray(35), 5, 8)
    const kept = first.sum.data.slice()
    const merged = mergeMomentSums(first, second)
    expect(merged.rowCount).toBe(20)
    expect(largestDifference(merged.sum.data, (await gram(rows, 5)).data)).toBeLessThan(1e-13)
    expect(first.sum.data).toEqual(kept)
  })

  it('refuses sums of different features', () => {
    const sums = (features: number) => ({
      sum: matrix(features, features),
      rowSum: new Float64Array(features),
      rowCount: 1
    })
    expect(() => mergeMomentSums(sums(2), sums(3))).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})

describe('secondMoment', () => {
  const sums: MomentSum = {
    sum: matrix(2, 2, Float64Array.of(8, 4, 4, 16)),
    rowSum: Float64Array.of(4, -2),
    rowCount: 4
  }

  it('divides by the number of rows', () => {
    expect([...secondMoment(sums, 0).data]).toEqual([2, 1, 1, 4])
  })

  it('adds the damping as a fraction of the mean diagonal, and only there', () => {
    expect([...secondMoment(sums, 0.5).data]).toEqual([3.5, 1, 1, 5.5])
    expect([...sums.sum.data]).toEqual([8, 4, 4, 16])
  })

  it('does not depend on how often the same rows were counted', () => {
    const doubled = mergeMomentSums(sums, sums)
    expect(secondMoment(doubled, 0.25)).toEqual(secondMoment(sums, 0.25))
  })

  it('leaves the moment of silence at zero', () => {
    expect([
      ...secondMoment({ sum: matrix(2, 2), rowSum: new Float64Array(2), rowCount: 3 }, 0.1).data
    ]).toEqual([0, 0, 0, 0])
  })

  it('refuses a calibration set without frames', () => {
    expect(() => secondMoment({ sum: matrix(2, 2), rowSum: new Float64Array(2), rowCount: 0 }, 0)).toThrow(
      expect.objectContaining({
        code: 'numerical',
        message: 'The calibration set gave no frames; use one that holds some audio.'
      })
    )
  })
})

describe('covariance', () => {
  it('is the second moment of the rows about their mean', async () => {
    const rows = randomRows(50, 4, 9).map((value, index) => value + (index % 4))
    const sums = await stream(rows, 4, 7)
    const mean = inputMean(sums)
    const centred = rows.map((value, index) => value - mean[index % 4]!)
    const expected = (await gram(centred, 4)).data.map((value) => value / 50)
    // Rows are rounded to float32 after centring: 2^-24 of values below 10, squared and averaged.
    expect(largestDifference(covariance(sums, 0).data, expected)).toBeLessThan(5e-6)
  })

  it('has the mean of all rows, whatever the chunks', async () => {
    const rows = Float32Array.of(1, 10, 2, 20, 6, 30)
    expect([...inputMean(await stream(rows, 2, 2))]).toEqual([3, 20])
    const merged = mergeMomentSums(
      await stream(rows.subarray(0, 4), 2, 3),
      await stream(rows.subarray(4), 2, 3)
    )
    expect([...inputMean(merged)]).toEqual([3, 20])
  })
})
