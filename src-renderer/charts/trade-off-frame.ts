/** What stands around the marks of the trade-off chart: axes, grid, words under the pointer. Pure. */
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { TrialReport } from '@contract/trial'
import { tradeOff as english, type TradeOffWords } from '../text/en/trade-off'
import type { ChartPalette } from './chart-palette'
import { costAxes, type CostName } from './cost-axis'
import { errorAxisTitle, type ErrorScale, type PlottedTrial } from './plotted-trials'
import { trialTooltip } from './trial-tooltip'

/** What the chart shows and how. */
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

/** The frame around these marks: everything of the option but the series. */
export function tradeOffFrame(chart: TradeOffChart, plotted: readonly PlottedTrial[]) {
  const { trials, cost, errorScale, costScale = 'linear', palette, words = english.chart } = chart
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 20, top: 34, bottom: 34 } satisfies GridComponentOption,
    tooltip: tooltip(trials, palette, words),
    xAxis: {
      ...scaleOf(costScale),
      ...costBounds(plotted, costScale),
      inverse: costAxes[cost].isMoreBetter === true,
      name: words.costs[cost].title,
      nameLocation: 'middle' as const,
      ...axisStyle(palette),
      splitLine: { show: false }
    },
    yAxis: {
      ...scaleOf(errorScale),
      ...errorBounds(plotted, errorScale),
      name: errorAxisTitle(trials, words),
      nameLocation: 'end' as const,
      // Beside the numbers wherever they stand, which is at the right when the cost runs backwards.
      position: 'left' as const,
      ...axisStyle(palette),
      nameGap: 12,
      nameTextStyle: { color: palette.muted, align: 'left' as const, padding: [0, 0, 0, -32] }
    }
  }
}

/** The same frame with nothing to see of its axes, for a chart that lies exactly over another one. */
export function unseenFrame(chart: TradeOffChart, plotted: readonly PlottedTrial[]) {
  const unseen = 'transparent'
  const palette = { ...chart.palette, muted: unseen, line: unseen, lineStrong: unseen }
  const { tooltip: shown } = tradeOffFrame(chart, [])
  return { ...tradeOffFrame({ ...chart, palette }, plotted), tooltip: shown }
}

function scaleOf(scale: ErrorScale) {
  return scale === 'logarithmic' ? ({ type: 'log', logBase: 2 } as const) : ({ type: 'value' } as const)
}

/**
 * The ends of the error axis in percent. A linear axis begins at zero and ends where ECharts likes; a logarithmic one
 * covers the error rates with room below, between powers of two.
 */
export function errorBounds(
  plotted: readonly PlottedTrial[],
  scale: ErrorScale
): { min: number; max?: number } {
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
    // At the edge: the zero of a cost that runs backwards is at the far end.
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.lineStrong } },
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
