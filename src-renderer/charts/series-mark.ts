/**
 * The mark of a series: its outline tells the number format, what is cut out of it the rank policy, bars above and below
 * it what was added to the plain method.
 */
import type { RankPolicyName } from '@contract/rank-plan'
import { seriesSymbol, type SeriesAddition, type SeriesSymbol, type TrialSeries } from './series-style'

/** Outlines in a square of 12, all of them clockwise. */
const outlines: Readonly<Record<SeriesSymbol, string>> = {
  circle: 'M1.5 6a4.5 4.5 0 1 1 9 0a4.5 4.5 0 1 1 -9 0Z',
  rect: 'M2 2H10V10H2Z',
  triangle: 'M6 1 11.2 10.5H0.8Z',
  pin: 'M0.8 1.5H11.2L6 11Z',
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

/** Above the outline and below it, clear of both, so that they are seen at the size of a mark. */
const bars: Readonly<Record<SeriesAddition, string>> = {
  sequential: 'M1.5 -3H10.5V-1.2H1.5Z',
  refit: 'M1.5 13.2H10.5V15H1.5Z'
}

/** The box of a mark that has bars, in units of the outline's square of 12. */
const barredBox = { top: -3, height: 18 } as const

/** What of a series its mark shows. */
type MarkedSeries = Pick<TrialSeries, 'precision' | 'rankPolicy' | 'additions'>

/** The mark as an SVG path in `markBox`. */
export function markPath({ precision, rankPolicy, additions }: MarkedSeries): string {
  const mark = outlines[seriesSymbol(precision)] + (rankPolicy === null ? '' : cuts[rankPolicy])
  if (additions.length === 0) return mark
  // Both ends of the box, without a surface, keep the outline in its middle when there is only one bar.
  const [top, bottom] = [barredBox.top, barredBox.top + barredBox.height]
  return `${mark}${additions.map((each) => bars[each]).join('')}M6 ${top}L6 ${top}M6 ${bottom}L6 ${bottom}`
}

/** The `viewBox` of a mark. */
export function markBox({ additions }: Pick<TrialSeries, 'additions'>): string {
  return additions.length === 0 ? '0 0 12 12' : `-3 ${barredBox.top} 18 ${barredBox.height}`
}

/** The size at which a mark's outline is as large as that of one without bars of `size`. */
export function markSize({ additions }: Pick<TrialSeries, 'additions'>, size: number): number {
  return additions.length === 0 ? size : (size * barredBox.height) / 12
}

/** The mark as a symbol of ECharts: one of its own where nothing is cut out. */
export function seriesMark(series: MarkedSeries): string {
  const { precision, rankPolicy, additions } = series
  return additions.length === 0 && (rankPolicy === null || cuts[rankPolicy] === '')
    ? seriesSymbol(precision)
    : `path://${markPath(series)}`
}
