import { WorkbenchError } from '@contract/errors'

/**
 * The value below which `fraction` of a sample lies, interpolated linearly between neighbours (NumPy's default).
 *
 * With the sample sorted, x_0 ≤ … ≤ x_{n-1}, and h = fraction · (n − 1): x_⌊h⌋ + (h − ⌊h⌋) · (x_⌊h⌋₊₁ − x_⌊h⌋).
 *
 * - `sorted`   [n] ascending, n ≥ 1; not modified, and not checked for order.
 * - `fraction` 0..1; 0.5 is the median.
 *
 * @throws WorkbenchError `internal` for an empty sample or a fraction outside 0..1.
 * Source: Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7.
 */
export function percentileOfSorted(sorted: Float64Array, fraction: number): number {
  if (sorted.length === 0 || !(fraction >= 0 && fraction <= 1)) {
    throw new WorkbenchError(
      'internal',
      `A percentile needs values and a fraction in 0..1, got ${sorted.length} values and fraction ${fraction}.`
    )
  }
  const position = fraction * (sorted.length - 1)
  const below = Math.floor(position)
  const lower = sorted[below]!
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!
  return lower + (position - below) * (upper - lower)
}
