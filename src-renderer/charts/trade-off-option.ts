/** The trade-off chart as data: what a tier costs against how much it gets wrong. Pure; draws nothing itself. */
import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts'
import type { GridComponentOption, MarkLineComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { TrialReport } from '@contract/trial'
import { tradeOff as english, type TradeOffWords } from '../text/en/trade-off'
import type { ChartPalette } from './chart-palette'
import { costAxes, type CostName } from './cost-axis'
import { errorBars } from './error-bars'
import { errorAxisTitle, plotTrials, type ErrorScale, type PlottedTrial } from './plotted-trials'
import { isReference, listSeries, seriesColor, seriesOf } from './series-style'
import {
  cloudSeries,
  joinedSeries,
  pinnedMarks,
  referenceLines,
  staircase,
  type PlottedSeries
} from './trade-off-series'
import { trialTooltip } from './trial-tooltip'

/** The parts of ECharts that the chart needs. */
export type TradeOffOption = ComposeOption<
  | LineSeriesOption
  | ScatterSeriesOption
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
  /** Linear unless said otherwise. */
  readonly costScale?: ErrorScale
  /** Whether intervals are drawn; a crowd has them at its references and pins only. */
  readonly hasErrorBars?: boolean
  /** Trials that stay in full colour; undefined: all. */
  readonly chosen?: ReadonlySet<string> | undefined
  /** Names of trials that get a ring, by id. */
  readonly pins?: ReadonlyMap<string, string>
  readonly words?: TradeOffWords['chart']
}

/** From this many trials on, marks are drawn as a cloud: without lines, labels and most intervals. */
export const crowd = 400

/**
 * The chart of a study. One series per method, rank policy and number format through its trials in order of what they
 * keep, with 95 % intervals; tiers that plain int8 beats are hollow; baseline and int8 are marks with a line across;
 * the stairs are the least error measured for at most that cost.
 */
export function tradeOffOption(chart: TradeOffChart): TradeOffOption {
  const { trials, cost, errorScale, costScale = 'linear', palette } = chart
  const { chosen, pins = new Map<string, string>(), hasErrorBars = true, words = english.chart } = chart
  const { plotted } = plotTrials(trials, costAxes[cost], errorScale)
  const groups = groupBySeries(plotted, palette)
  const isCrowded = plotted.length >= crowd
  const bounds = errorBounds(plotted, errorScale)
  const hasBar = ({ trial }: PlottedTrial) =>
    hasErrorBars &&
    (chosen === undefined || chosen.has(trial.trialId)) &&
    (!isCrowded || isReference(trial) || pins.has(trial.trialId))
  const isMoreBetter = costAxes[cost].isMoreBetter === true
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 20, top: 34, bottom: 34 },
    tooltip: tooltip(groups, palette),
    xAxis: {
      ...scaleOf(costScale),
      ...costBounds(plotted, costScale),
      inverse: isMoreBetter,
      name: words.costs[cost].title,
      nameLocation: 'middle',
      ...axisStyle(palette),
      splitLine: { show: false }
    },
    yAxis: {
      ...scaleOf(errorScale),
      ...bounds,
      name: errorAxisTitle(trials, words),
      nameLocation: 'end',
      // Beside the numbers wherever they stand, which is at the right when the cost runs backwards.
      position: 'left',
      ...axisStyle(palette),
      nameGap: 12,
      nameTextStyle: { color: palette.muted, align: 'left', padding: [0, 0, 0, -32] }
    },
    series: [
      staircase(plotted, palette, isMoreBetter),
      ...groups.map(({ series, color, members }) =>
        errorBars(series.name, members.filter(hasBar), color, bounds.min)
      ),
      ...groups.flatMap((group): (ScatterSeriesOption | LineSeriesOption)[] =>
        isCrowded && !isReference(group.series)
          ? cloudSeries(group, palette, chosen)
          : [joinedSeries(group, palette, { chosen, isCrowded })]
      ),
      referenceLines(plotted, palette),
      ...(pins.size === 0 ? [] : [pinnedMarks(plotted, pins, palette)])
    ]
  }
}

function groupBySeries(plotted: readonly PlottedTrial[], palette: ChartPalette): PlottedSeries[] {
  const members = new Map<string, PlottedTrial[]>()
  for (const each of plotted) {
    const { name } = seriesOf(each.trial)
    const known = members.get(name)
    if (known === undefined) members.set(name, [each])
    else known.push(each)
  }
  return listSeries(plotted.map(({ trial }) => trial)).map((series) => ({
    series,
    color: seriesColor(series.method, palette),
    members: members.get(series.name) ?? []
  }))
}

function scaleOf(scale: ErrorScale) {
  return scale === 'logarithmic' ? ({ type: 'log', logBase: 2 } as const) : ({ type: 'value' } as const)
}

/**
 * The ends of the error axis in percent. A linear axis begins at zero and ends where ECharts likes; a logarithmic one
 * covers the error rates with room below, between powers of two.
 */
function errorBounds(plotted: readonly PlottedTrial[], scale: ErrorScale): { min: number; max?: number } {
  if (scale === 'linear') return { min: 0 }
  if (plotted.length === 0) return { min: 1, max: 128 }
  const lowest = leastOf(plotted, ({ errorPercent }) => errorPercent)
  const highest = -leastOf(plotted, ({ interval }) => -interval.upperPercent)
  return { min: 2 ** Math.floor(Math.log2(lowest * 0.75)), max: 2 ** Math.ceil(Math.log2(highest)) }
}

/** The same for the cost; a logarithmic axis leaves some room at both ends so that no mark is cut. */
function costBounds(plotted: readonly PlottedTrial[], scale: ErrorScale): { min: number; max?: number } {
  if (scale === 'linear') return { min: 0 }
  if (plotted.length === 0) return { min: 1, max: 128 }
  const lowest = leastOf(plotted, ({ cost }) => cost)
  const highest = -leastOf(plotted, ({ cost }) => -cost)
  return { min: 2 ** Math.floor(Math.log2(lowest * 0.95)), max: 2 ** Math.ceil(Math.log2(highest * 1.05)) }
}

/** Spreading thousands of values into `Math.min` would overflow the stack of some browsers. */
function leastOf(plotted: readonly PlottedTrial[], read: (each: PlottedTrial) => number): number {
  return plotted.reduce((least, each) => Math.min(least, read(each)), Infinity)
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

function tooltip(groups: readonly PlottedSeries[], palette: ChartPalette): TooltipComponentOption {
  const byId = new Map(groups.flatMap(({ members }) => members).map(({ trial }) => [trial.trialId, trial]))
  return {
    trigger: 'item',
    confine: true,
    backgroundColor: palette.panel,
    borderColor: palette.lineStrong,
    textStyle: { color: palette.ink, fontSize: 13 },
    formatter: (params) => {
      if (Array.isArray(params)) return ''
      const trial = byId.get(trialIdOf(params))
      return trial === undefined ? '' : trialTooltip(trial)
    }
  }
}

/** Which trial a mark stands for: its name, or the third member of a mark in a cloud. */
export function trialIdOf({ name, value }: { readonly name: string; readonly value?: unknown }): string {
  if (name !== '') return name
  const id: unknown = Array.isArray(value) ? value[2] : undefined
  return typeof id === 'string' ? id : ''
}
