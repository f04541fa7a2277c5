/** The trade-off chart as data: what a tier costs against how much it gets wrong. Pure; draws nothing itself. */
import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts'
import type { GridComponentOption, MarkLineComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { ChartPalette } from './chart-palette'
import { costAxes } from './cost-axis'
import { pinnedMarks } from './pinned-marks'
import { plotTrials, type PlottedTrial } from './plotted-trials'
import { isReference, listSeries, seriesColor, seriesOf } from './series-style'
import { chosenSeries, cloudsOf, cloudSeries, crowd, type Cloud } from './trade-off-crowd'
import { errorBounds, tradeOffFrame, type TradeOffChart } from './trade-off-frame'
import { intervalBars, joinedSeries, referenceLines, staircase, type PlottedSeries } from './trade-off-series'

/** The parts of ECharts that the chart needs. */
export type TradeOffOption = ComposeOption<
  | LineSeriesOption
  | ScatterSeriesOption
  | CustomSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | MarkLineComponentOption
>

/**
 * The chart of a study. One series per method, rank policy and number format through its trials in order of what they
 * keep, with 95 % intervals; tiers that plain int8 beats are hollow; baseline and int8 are marks with a line across;
 * the stairs are the least error measured for at most that cost.
 */
export function tradeOffOption(chart: TradeOffChart): TradeOffOption {
  return optionOf(chart, plotOf(chart))
}

/** The trials of a chart sorted out for drawing. */
export interface TradeOffPlot {
  readonly plotted: readonly PlottedTrial[]
  readonly groups: readonly PlottedSeries[]
  /** Of a crowd only. */
  readonly clouds: readonly Cloud[]
}

/** Sorts the trials out, which does not depend on what is chosen or pinned. */
export function plotOf({ trials, cost, errorScale, palette }: TradeOffChart): TradeOffPlot {
  const { plotted } = plotTrials(trials, costAxes[cost], errorScale)
  const groups = groupBySeries(plotted, palette)
  const tiers = groups.filter(({ series }) => !isReference(series))
  return { plotted, groups, clouds: plotted.length >= crowd ? cloudsOf(tiers, trials) : [] }
}

/** `tradeOffOption` of trials that are sorted out already. */
export function optionOf(chart: TradeOffChart, { plotted, groups, clouds }: TradeOffPlot): TradeOffOption {
  const { cost, errorScale, palette } = chart
  const { chosen, pins = new Map<string, string>(), hasErrorBars = true } = chart
  const isCrowded = plotted.length >= crowd
  const hasBar = ({ trial }: PlottedTrial) => {
    if (!hasErrorBars) return false
    // Among thousands only what everything is held against has a bar, and keeps it whatever is chosen.
    if (isCrowded) return isReference(trial) || pins.has(trial.trialId)
    return chosen === undefined || chosen.has(trial.trialId)
  }
  const bars = intervalBars(groups, hasBar, errorBounds(plotted, errorScale).min)
  return {
    ...tradeOffFrame(chart, plotted),
    series: [
      staircase(plotted, palette, costAxes[cost].isMoreBetter === true),
      ...(isCrowded ? bars.filter(({ data }) => data.length > 0) : bars),
      ...cloudSeries(clouds, chosen),
      ...chosenSeries(clouds, palette, chosen),
      ...groups
        .filter(({ series }) => !isCrowded || isReference(series))
        .map((group) => joinedSeries(group, palette, { chosen, isCrowded, pins })),
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
