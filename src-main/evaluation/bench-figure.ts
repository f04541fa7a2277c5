import type { BenchFigure } from '@contract/bench-report'
import { percentileOfSorted } from './percentile'

/**
 * Median and quartiles of `values`, one of each run.
 *
 * @throws WorkbenchError `internal` without values.
 */
export function benchFigure(name: string, unit: BenchFigure['unit'], values: readonly number[]): BenchFigure {
  const sorted = Float64Array.from(values).sort()
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((share) => percentileOfSorted(sorted, share))
  return { name, unit, median: median!, lower: lower!, upper: upper!, runs: values.length }
}
