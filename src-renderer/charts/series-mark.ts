/** The mark of a series: its outline tells the number format, what is cut out of it the rank policy. */
import type { RankPolicyName } from '@contract/rank-plan'
import type { TrialReport } from '@contract/trial'
import { seriesSymbol, type SeriesSymbol, type TrialSeries } from './series-style'

/** Outlines in a square of 12, all of them clockwise. */
const outlines: Readonly<Record<SeriesSymbol, string>> = {
  circle: 'M1.5 6a4.5 4.5 0 1 1 9 0a4.5 4.5 0 1 1 -9 0Z',
  rect: 'M2 2H10V10H2Z',
  triangle: 'M6 1 11.2 10.5H0.8Z',
  diamond: 'M6 1 11 6 6 11 1 6Z',
  arrow: 'M6 1 10.5 11 6 8.5 1.5 11Z'
}

/** What is cut out: counterclockwise, so that the rule of winding leaves it empty, and inside every outline. */
const cuts: Readonly<Record<RankPolicyName, string>> = {
  uniform: '',
  energy: 'M4.3 6.2a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0Z',
  'water-filling': 'M4.1 5.4V7H7.9V5.4Z',
  'effective-rank': 'M5.2 4.1V8.1H6.8V4.1Z',
  sensitivity: 'M5.3 4.2V5.5H4.2V6.9H5.3V8.1H6.7V6.9H7.8V5.5H6.7V4.2Z',
  manual: 'M6 4.2 4.5 6.2 6 8.2 7.5 6.2Z'
}

/** The mark as an SVG path in a square of 12. */
export function markPath({ precision, rankPolicy }: Pick<TrialReport, 'precision' | 'rankPolicy'>): string {
  return outlines[seriesSymbol(precision)] + (rankPolicy === null ? '' : cuts[rankPolicy])
}

/** The mark as a symbol of ECharts: one of its own where nothing is cut out. */
export function seriesMark(series: Pick<TrialSeries, 'precision' | 'rankPolicy'>): string {
  const { precision, rankPolicy } = series
  return rankPolicy === null || cuts[rankPolicy] === ''
    ? seriesSymbol(precision)
    : `path://${markPath(series)}`
}
