/** The series of the trade-off chart: joined marks, stairs, lines across. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts'
import { formatPercent } from '@contract/display-numbers'
import type { TrialReport } from '@contract/trial'
import type { ChartPalette } from './chart-palette'
import { errorBars } from './error-bars'
import { paretoStaircase } from './pareto-staircase'
import type { PlottedTrial } from './plotted-trials'
import { markSize, seriesMark } from './series-mark'
import { isReference, seriesOf, type TrialSeries } from './series-style'

/** The trials of one series with the colour of it. */
export interface PlottedSeries {
  readonly series: TrialSeries
  readonly color: string
  readonly members: readonly PlottedTrial[]
}

/** How much of its colour a trial keeps that was not chosen. */
export const faint = 0.15

export interface JoinedLook {
  /** Trials in full colour; undefined: all. */
  readonly chosen: ReadonlySet<string> | undefined
  /** Whether there are too many marks around for lines and labels. */
  readonly isCrowded: boolean
  /** Names of trials that stand beside their marks in place of a label, by id. */
  readonly pins?: ReadonlyMap<string, string>
}

/** The trials of one series, joined in order of what they keep; the line is a guide for the eye, not a prediction. */
export function joinedSeries(
  { series, color, members }: PlottedSeries,
  palette: ChartPalette,
  { chosen, isCrowded, pins }: JoinedLook
): LineSeriesOption {
  const ordered = members.toSorted((a, b) => (keptOf(a.trial) ?? 1) - (keptOf(b.trial) ?? 1))
  return {
    type: 'line',
    id: series.name,
    name: series.name,
    symbol: seriesMark(series),
    symbolKeepAspect: true,
    symbolSize: markSize(series, isReference(series) ? 13 : 11),
    showAllSymbol: true,
    z: isReference(series) ? 4 : 3,
    color,
    lineStyle: {
      width: isCrowded ? 0 : 1,
      opacity: chosen === undefined ? 0.4 : faint,
      type: series.precision === 'float32' ? 'solid' : 'dashed'
    },
    emphasis: { scale: 1.4, lineStyle: { width: 1 } },
    label: {
      show: !isReference(series),
      position: 'right',
      color: palette.muted,
      fontSize: 11,
      textBorderColor: palette.panel,
      textBorderWidth: 3,
      formatter: ({ data }) => keptLabel(data)
    },
    // Above the line that leaves the mark; the rim keeps it readable on other lines.
    labelLayout: { hideOverlap: true, dy: -8 },
    data: ordered.map(({ trial, cost, errorPercent }) => ({
      name: trial.trialId,
      value: [cost, errorPercent],
      kept: pins?.has(trial.trialId) === true ? undefined : keptOf(trial),
      itemStyle: {
        ...markStyle(trial, color, palette),
        // What every tier is held against stays in sight.
        ...(isReference(series) || chosen === undefined || chosen.has(trial.trialId)
          ? {}
          : { opacity: faint })
      }
    }))
  }
}

/** The 95 % intervals of the members that have a bar, one series of bars per series of marks. */
export function intervalBars(
  groups: readonly PlottedSeries[],
  hasBar: (each: PlottedTrial) => boolean,
  floorPercent: number
): (CustomSeriesOption & { readonly data: readonly number[][] })[] {
  return groups.map(({ series, color, members }) =>
    errorBars(series.name, members.filter(hasBar), color, floorPercent)
  )
}

/** Hollow where int8 is better; otherwise filled, with a rim that tells marks apart which lie on each other. */
export function markStyle({ dominatedByInt8 }: TrialReport, color: string, { panel }: ChartPalette) {
  return dominatedByInt8 === true
    ? { color: panel, borderColor: color, borderWidth: 1.5 }
    : { color, borderColor: panel, borderWidth: 1 }
}

/** What was to be kept or, where ranks come from a plan, what is; undefined where no ranks are chosen. */
function keptOf(trial: TrialReport): number | undefined {
  if (trial.targetRetainedFraction !== null) return trial.targetRetainedFraction
  return trial.rankPolicy === null ? undefined : trial.retainedParameterFraction
}

/** `50 %`, `12.5 %` */
function keptLabel(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('kept' in data)) return ''
  return typeof data.kept === 'number' ? `${Number((data.kept * 100).toFixed(1))} %` : ''
}

/** The least error for at most each cost, drawn on to the dearest trial, from where nothing better is known. */
export function staircase(
  plotted: readonly PlottedTrial[],
  palette: ChartPalette,
  isMoreBetter: boolean
): LineSeriesOption {
  const sign = isMoreBetter ? -1 : 1
  const corners = paretoStaircase(
    plotted.map(({ cost, errorPercent }) => [sign * cost, errorPercent] as const)
  )
  const last = corners.at(-1)
  const dearest = plotted.reduce((most, { cost }) => Math.max(most, sign * cost), -Infinity)
  const end = last === undefined || last[0] === dearest ? [] : [[sign * dearest, last[1]]]
  return {
    type: 'line',
    id: 'best measured',
    step: 'end',
    silent: true,
    showSymbol: false,
    z: 2,
    lineStyle: { color: palette.front, width: 2, opacity: 0.7 },
    data: [...corners.map(([cost, error]) => [sign * cost, error]), ...end]
  }
}

/** The references, the one with most errors first: its name stands above its line, those of the others below. */
export function referencesOf(plotted: readonly PlottedTrial[]): readonly PlottedTrial[] {
  return plotted.filter(({ trial }) => isReference(trial)).toSorted((a, b) => b.errorPercent - a.errorPercent)
}

/** What stands at the line of a reference. */
export function referenceText({ trial, errorPercent }: Pick<PlottedTrial, 'trial' | 'errorPercent'>): string {
  return `${seriesOf(trial).name} ${formatPercent(errorPercent / 100)}`
}

/** A line across the chart at the error rate of each reference. */
export function referenceLines(plotted: readonly PlottedTrial[], palette: ChartPalette): LineSeriesOption {
  const references = referencesOf(plotted)
  return {
    type: 'line',
    id: 'references',
    data: [],
    markLine: {
      silent: true,
      // Below every mark, or it would cross those it belongs to.
      z: 1,
      symbol: 'none',
      lineStyle: { color: palette.muted, width: 1, type: [2, 3] },
      data: references.map(({ trial, errorPercent }, index) => ({
        yAxis: errorPercent,
        label: {
          position: index === 0 ? 'insideStartTop' : 'insideStartBottom',
          color: palette.ink,
          textBorderColor: palette.panel,
          textBorderWidth: 3,
          formatter: referenceText({ trial, errorPercent })
        }
      }))
    }
  }
}
