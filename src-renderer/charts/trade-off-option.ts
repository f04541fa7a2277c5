/** The trade-off chart as data: what a tier costs against how much it gets wrong. Pure; draws nothing itself. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, MarkLineComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { formatPercent } from '@contract/display-numbers'
import type { TrialReport } from '@contract/trial'
import type { ChartPalette } from './chart-palette'
import { costAxes, type CostName } from './cost-axis'
import { errorBars } from './error-bars'
import { paretoStaircase } from './pareto-staircase'
import { errorAxisTitle, plotTrials, type ErrorScale, type PlottedTrial } from './plotted-trials'
import {
  isReference,
  listSeries,
  seriesColor,
  seriesOf,
  seriesSymbol,
  type TrialSeries
} from './series-style'
import { trialTooltip } from './trial-tooltip'

/** The parts of ECharts that the chart needs. */
export type TradeOffOption = ComposeOption<
  | LineSeriesOption
  | CustomSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | MarkLineComponentOption
>

export interface TradeOffChart {
  readonly trials: readonly TrialReport[]
  readonly cost: CostName
  readonly errorScale: ErrorScale
  readonly palette: ChartPalette
}

/**
 * The chart of a study. One series per method and number format through its trials in order of what they keep, with
 * 95 % intervals; tiers that plain int8 beats are hollow; baseline and int8 are marks with a line across; the stairs
 * are the least error measured for at most that cost.
 */
export function tradeOffOption({ trials, cost, errorScale, palette }: TradeOffChart): TradeOffOption {
  const { plotted } = plotTrials(trials, costAxes[cost], errorScale)
  const bounds = errorBounds(plotted, errorScale)
  const groups = listSeries(plotted.map(({ trial }) => trial)).map((series) => ({
    series,
    color: seriesColor(series.method, palette),
    members: plotted.filter(({ trial }) => seriesOf(trial).name === series.name)
  }))
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 20, top: 34, bottom: 34 },
    tooltip: tooltip(plotted, palette),
    xAxis: {
      type: 'value',
      min: 0,
      name: costAxes[cost].title,
      nameLocation: 'middle',
      ...axisStyle(palette),
      splitLine: { show: false }
    },
    yAxis: {
      ...(errorScale === 'logarithmic' ? { type: 'log', logBase: 2 } : { type: 'value' }),
      ...bounds,
      name: errorAxisTitle(trials),
      nameLocation: 'end',
      ...axisStyle(palette),
      nameGap: 12,
      nameTextStyle: { color: palette.muted, align: 'left', padding: [0, 0, 0, -32] }
    },
    series: [
      staircase(plotted, palette),
      ...groups.map(({ series, color, members }) => errorBars(series.name, members, color, bounds.min)),
      ...groups.map(({ series, color, members }) => trialSeries(series, members, color, palette)),
      referenceLines(plotted, palette)
    ]
  }
}

/**
 * The ends of the error axis in percent. A linear axis begins at zero and ends where ECharts likes; a logarithmic one
 * covers the error rates with room below, between powers of two.
 */
function errorBounds(plotted: readonly PlottedTrial[], scale: ErrorScale): { min: number; max?: number } {
  if (scale === 'linear') return { min: 0 }
  const lowest = Math.min(...plotted.map(({ errorPercent }) => errorPercent))
  const highest = Math.max(...plotted.map((each) => each.interval.upperPercent))
  if (plotted.length === 0) return { min: 1, max: 128 }
  return { min: 2 ** Math.floor(Math.log2(lowest * 0.75)), max: 2 ** Math.ceil(Math.log2(highest)) }
}

function axisStyle(palette: ChartPalette) {
  return {
    nameGap: 26,
    nameTextStyle: { color: palette.muted },
    axisLabel: { color: palette.muted },
    axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.line } }
  }
}

function tooltip(plotted: readonly PlottedTrial[], palette: ChartPalette): TooltipComponentOption {
  const trials = new Map(plotted.map(({ trial }) => [trial.trialId, trial]))
  return {
    trigger: 'item',
    confine: true,
    backgroundColor: palette.panel,
    borderColor: palette.lineStrong,
    textStyle: { color: palette.ink, fontSize: 13 },
    formatter: (params) => {
      const trial = trials.get(Array.isArray(params) ? '' : params.name)
      return trial === undefined ? '' : trialTooltip(trial)
    }
  }
}

/** The trials of one series, joined in order of what they keep; the line is a guide for the eye, not a prediction. */
function trialSeries(
  series: TrialSeries,
  members: readonly PlottedTrial[],
  color: string,
  palette: ChartPalette
): LineSeriesOption {
  const ordered = members.toSorted((a, b) => (keptOf(a.trial) ?? 1) - (keptOf(b.trial) ?? 1))
  return {
    type: 'line',
    id: series.name,
    name: series.name,
    symbol: seriesSymbol(series.precision),
    symbolSize: isReference(series) ? 13 : 10,
    showAllSymbol: true,
    z: isReference(series) ? 4 : 3,
    color,
    lineStyle: { width: 1, opacity: 0.4, type: series.precision === 'float32' ? 'solid' : 'dashed' },
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
      kept: keptOf(trial),
      itemStyle: markStyle(trial, color, palette)
    }))
  }
}

/** Hollow where int8 is better; otherwise filled, with a rim that tells marks apart which lie on each other. */
function markStyle({ dominatedByInt8 }: TrialReport, color: string, { panel }: ChartPalette) {
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
function staircase(plotted: readonly PlottedTrial[], palette: ChartPalette): LineSeriesOption {
  const corners = paretoStaircase(plotted.map(({ cost, errorPercent }) => [cost, errorPercent] as const))
  const last = corners.at(-1)
  const dearest = Math.max(...plotted.map(({ cost }) => cost))
  const end = last === undefined || last[0] === dearest ? [] : [[dearest, last[1]]]
  return {
    type: 'line',
    id: 'best measured',
    step: 'end',
    silent: true,
    showSymbol: false,
    z: 2,
    lineStyle: { color: palette.front, width: 2, opacity: 0.7 },
    data: [...corners.map((corner) => [...corner]), ...end]
  }
}

/** A line across the chart at the error rate of each reference; of two, the upper one's name stands above it. */
function referenceLines(plotted: readonly PlottedTrial[], palette: ChartPalette): LineSeriesOption {
  const references = plotted
    .filter(({ trial }) => isReference(trial))
    .toSorted((a, b) => b.errorPercent - a.errorPercent)
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
          formatter: `${seriesOf(trial).name} ${formatPercent(errorPercent / 100)}`
        }
      }))
    }
  }
}
