import { describe, expect, it } from 'vitest'
import { matrix } from '../../linalg/matrix'
import { histogramBins, weightStatistics } from './weight-statistics'

/** W [2, 4] with columns of very different size, and one exact zero. */
const weight = { in: 2, out: 4, data: Float64Array.of(3, 1, 0, -8, -4, 1, 2, 6) }

describe('the statistics of a weight', () => {
  const statistics = weightStatistics('layer', weight, undefined)

  it('are those of all its values', () => {
    // Σ w = 1, Σ w² = 131, n = 8; all but the deviation are exact in binary.
    expect(statistics).toMatchObject({
      layerId: 'layer',
      count: 8,
      minimum: -8,
      maximum: 6,
      mean: 1 / 8,
      // Only the zero lies below a hundredth of √(131/8) = 4.05.
      nearZeroShare: 1 / 8,
      inputs: null
    })
    expect(statistics.standardDeviation).toBeCloseTo(Math.sqrt(131 / 8 - 1 / 64), 12)
  })

  it('tell how much outputs differ', () => {
    // Columns (3, -4), (1, 1), (0, 2), (-8, 6): √12.5, 1, √2, √50; largest entries 4, 1, 2, 8.
    expect(statistics.channels.least).toBeCloseTo(1, 12)
    expect(statistics.channels.largest).toBeCloseTo(Math.sqrt(50), 12)
    expect(statistics.channels.median).toBeCloseTo((Math.SQRT2 + Math.sqrt(12.5)) / 2, 12)
    expect(statistics.largestChannelRatio).toBeCloseTo(8 / 3, 12)
  })

  it('count every value in one bin, the largest in the last', () => {
    const { from, to, counts } = statistics.histogram
    expect([from, to]).toEqual([-8, 6])
    expect(counts).toHaveLength(histogramBins)
    expect(counts.reduce((a, b) => a + b)).toBe(8)
    expect([counts[0], counts.at(-1)]).toEqual([1, 1])
    // (0 + 8) / 14 of 64 bins.
    expect(counts[Math.floor((8 / 14) * histogramBins)]).toBe(1)
  })

  it('cope with a weight of one value only', () => {
    const zeros = weightStatistics('zero', { in: 1, out: 2, data: new Float64Array(2) }, undefined)
    expect(zeros).toMatchObject({ standardDeviation: 0, nearZeroShare: 0, largestChannelRatio: 1 })
    expect(zeros.histogram.counts[0]).toBe(2)
  })

  it('take those of the inputs from their sums', () => {
    // Rows (1, 3) and (3, -5): sums (4, -2), squares 10 and 34.
    const moments = {
      sum: matrix(2, 2, Float64Array.of(10, -12, -12, 34)),
      rowSum: Float64Array.of(4, -2),
      rowCount: 2
    }
    const { inputs } = weightStatistics('layer', weight, moments)
    expect(inputs).toMatchObject({ rows: 2, means: { least: -1, median: 0.5, largest: 2 } })
    expect(inputs!.rootMeanSquares.least).toBeCloseTo(Math.sqrt(5), 12)
    expect(inputs!.rootMeanSquares.largest).toBeCloseTo(Math.sqrt(17), 12)
  })
})
