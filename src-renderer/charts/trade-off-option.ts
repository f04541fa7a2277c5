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
import { chosenSeries, choiceUpdate, cloudsOf, cloudSeries, crowd } from './trade-off-crowd'
import { joinedSeries, pinnedMarks, referenceLines, staircase, type PlottedSeries } from './trade-off-series'
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
  const clouds = isCrowded ? cloudsOf(tierGroups(groups), trials) : []
  const hasBar = ({ trial }: PlottedTrial) => {
    if (!hasErrorBars) return false
    // Among thousands only what everything is held against has a bar, and keeps it whatever is chosen.
    if (isCrowded) return isReference(trial) || pins.has(trial.trialId)
    return chosen === undefined || chosen.has(trial.trialId)
  }
  const isMoreBetter = costAxes[cost].isMoreBetter === true
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 20, top: 34, bottom: 34 },
    tooltip: tooltip(trials, palette, words),
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
      ...groups.flatMap(({ series, color, members }) => {
        const measured = members.filter(hasBar)
        return isCrowded && measured.length === 0 ? [] : [errorBars(series.name, measured, color, bounds.min)]
      }),
      ...cloudSeries(clouds, chosen),
      ...chosenSeries(clouds, palette, chosen),
      ...groups
        .filter(({ series }) => !isCrowded || isReference(series))
        .map((group) => joinedSeries(group, palette, { chosen, isCrowded })),
      referenceLines(plotted, palette),
      ...(pins.size === 0 ? [] : [pinnedMarks(plotted, pins, palette)])
    ]
  }
}

/**
 * Makes, for a crowd, the part of the option that depends on what is chosen, to be merged into the chart of
 * `tradeOffOption`; undefined where the whole option depends on it.
 */
export function choiceLayer(
  chart: TradeOffChart
): ((chosen: ReadonlySet<string> | undefined) => Pick<TradeOffOption, 'series'>) | undefined {
  const { trials, cost, errorScale, palette } = chart
  const { plotted } = plotTrials(trials, costAxes[cost], errorScale)
  if (plotted.length < crowd) return undefined
  const clouds = cloudsOf(tierGroups(groupBySeries(plotted, palette)), trials)
  return (chosen) => ({ series: choiceUpdate(clouds, palette, chosen) })
}

function tierGroups(groups: readonly PlottedSeries[]): PlottedSeries[] {
  return groups.filter(({ series }) => !isReference(series))
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

function tooltip(
  trials: readonly TrialReport[],
  palette: ChartPalette,
  words: TradeOffWords['chart']
): TooltipComponentOption {
  return {
    trigger: 'item',
    confine: true,
    backgroundColor: palette.panel,
    borderColor: palette.lineStrong,
    textStyle: { color: palette.ink, fontSize: 13 },
    formatter: (params) => {
      const trial = Array.isArray(params) ? undefined : trialOf(params, trials)
      return trial === undefined ? '' : trialTooltip(trial, words)
    }
  }
}

/** Which trial a mark stands for: by its name, or by its third member, a place among all trials. */
export function trialOf(
  { name, value }: { readonly name: string; readonly value?: unknown },
  trials: readonly TrialReport[]
): TrialReport | undefined {
  if (name !== '') return trials.find(({ trialId }) => trialId === name)
  const row: unknown =
    Array.isArray(value) || ArrayBuffer.isView(value) ? (value as ArrayLike<unknown>)[2] : undefined
  return typeof row === 'number' ? trials[row] : undefined
}
