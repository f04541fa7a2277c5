/** What the numbers of one layer look like: its weight, and what reaches it over a calibration set. */
import type { Spread, WeightStatistics } from '@contract/inspect'
import { inputMean, type MomentSum } from '../../compression/second-moment'
import type { WeightMatrix } from '../../onnx/linear-layer/read-weight'

/** Bins of the histogram: as many as a small chart can show apart. */
export const histogramBins = 64

/** Part of the root mean square below which a weight counts as nearly zero. */
const nearZero = 0.01

/**
 * Statistics of W [in, out] and, where `moments` of its inputs are given, of those. Deterministic.
 */
export function weightStatistics(
  layerId: string,
  weight: WeightMatrix,
  moments: MomentSum | undefined
): WeightStatistics {
  const { data } = weight
  const count = data.length
  let [minimum, maximum, sum, energy] = [Infinity, -Infinity, 0, 0]
  for (const value of data) {
    minimum = Math.min(minimum, value)
    maximum = Math.max(maximum, value)
    sum += value
    energy += value * value
  }
  const mean = sum / count
  // In a second pass: a difference of large sums would lose the digits of a small deviation.
  let deviation = 0
  let nearZeros = 0
  const limit = nearZero * Math.sqrt(energy / count)
  for (const value of data) {
    deviation += (value - mean) ** 2
    if (Math.abs(value) < limit) nearZeros++
  }
  const { rootMeanSquares, largest } = channelMagnitudes(weight)
  const largestSpread = spreadOf(largest)
  return {
    layerId,
    count,
    minimum,
    maximum,
    mean,
    standardDeviation: Math.sqrt(deviation / count),
    nearZeroShare: nearZeros / count,
    channels: spreadOf(rootMeanSquares),
    largestChannelRatio: largestSpread.median === 0 ? 1 : largestSpread.largest / largestSpread.median,
    histogram: { from: minimum, to: maximum, counts: binCounts(data, minimum, maximum) },
    inputs: moments === undefined ? null : inputStatistics(moments)
  }
}

/** Root mean square and largest |w| of every column. */
function channelMagnitudes({ in: rows, out, data }: WeightMatrix): {
  readonly rootMeanSquares: Float64Array
  readonly largest: Float64Array
} {
  const energies = new Float64Array(out)
  const largest = new Float64Array(out)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < out; j++) {
      const value = data[i * out + j]!
      energies[j] = energies[j]! + value * value
      largest[j] = Math.max(largest[j]!, Math.abs(value))
    }
  }
  return { rootMeanSquares: energies.map((energy) => Math.sqrt(energy / rows)), largest }
}

/** Counts in `histogramBins` bins of equal width; the last includes its right edge. */
function binCounts(values: Float64Array, from: number, to: number): number[] {
  const counts = new Array<number>(histogramBins).fill(0)
  const scale = to > from ? histogramBins / (to - from) : 0
  for (const value of values) {
    const bin = Math.min(histogramBins - 1, Math.floor((value - from) * scale))
    counts[bin] = counts[bin]! + 1
  }
  return counts
}

function inputStatistics(moments: MomentSum): NonNullable<WeightStatistics['inputs']> {
  const { sum, rowCount } = moments
  const rootMeanSquares = Float64Array.from({ length: sum.rows }, (_, feature) =>
    Math.sqrt(Math.max(0, sum.data[feature * sum.columns + feature]!) / rowCount)
  )
  return {
    rows: rowCount,
    means: spreadOf(inputMean(moments)),
    rootMeanSquares: spreadOf(rootMeanSquares)
  }
}

function spreadOf(values: Float64Array): Spread {
  const sorted = values.toSorted()
  const { length } = sorted
  const median = (sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2
  return { least: sorted[0]!, median, largest: sorted[length - 1]! }
}
