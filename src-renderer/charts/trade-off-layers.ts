/**
 * The trade-off chart of a crowd as charts that lie on each other, so that a choice draws only what was chosen. Two of
 * them hold every dot and are drawn once: one in full colour, for as long as nothing is chosen, and a faint one for then.
 * Pure; draws nothing itself.
 */
import type { ScatterSeriesOption } from 'echarts/charts'
import { isReference } from './series-style'
import { chosenSeries } from './trade-off-crowd'
import { errorBounds, unseenFrame, type TradeOffChart } from './trade-off-frame'
import { optionOf, plotOf, type TradeOffOption } from './trade-off-option'
import { pinnedMarks } from './pinned-marks'
import { intervalBars, joinedSeries } from './trade-off-series'

type Chosen = ReadonlySet<string> | undefined

/** The charts of a crowd. None of `full` and `faint` depends on what is chosen or pinned. */
export interface TradeOffLayers {
  /** All that the chart shows while nothing is chosen, but pins. */
  readonly full: TradeOffOption
  /** The same with faint dots, without the marks of the references. */
  readonly faint: TradeOffOption
  /** What lies above: the chosen trials, over them the references, and pins with their intervals. */
  over(chosen: Chosen, pins: ReadonlyMap<string, string>): TradeOffOption
  /** The part of `over` that a choice changes, to be merged into it by the ids of its series. */
  choice(chosen: Chosen): Pick<TradeOffOption, 'series'>
}

/** The layers of a crowd; undefined for trials that are few enough to be drawn whole. What is chosen is ignored. */
export function tradeOffLayers({ chosen: _, pins: __, ...chart }: TradeOffChart): TradeOffLayers | undefined {
  const plot = plotOf(chart)
  const { plotted, groups, clouds } = plot
  if (clouds.length === 0) return undefined
  const { palette, errorScale, hasErrorBars = true } = chart
  const references = groups.filter(({ series }) => isReference(series))
  const referenceIds = references.map(({ series }) => series.name)
  const frame = unseenFrame(chart, plotted)
  const choice = (chosen: Chosen) => [
    ...chosenSeries(clouds, palette, chosen),
    ...references.map((group) => ({
      ...joinedSeries(group, palette, { chosen, isCrowded: true }),
      // While nothing is chosen they stand among the other marks already.
      ...(chosen === undefined ? { data: [] } : {})
    }))
  ]
  const faint = optionOf({ ...chart, chosen: new Set() }, plot)
  return {
    full: optionOf(chart, plot),
    faint: {
      ...faint,
      series: [faint.series ?? []].flat().filter(({ id }) => !referenceIds.includes(String(id)))
    },
    over: (chosen, pins) => ({
      ...frame,
      series: [
        farthest(chart, plot.plotted),
        ...intervalBars(
          groups,
          ({ trial }) => hasErrorBars && pins.has(trial.trialId) && !isReference(trial),
          errorBounds(plotted, errorScale).min
        )
          .filter(({ data }) => data.length > 0)
          // A bar must not make the axis longer than that of the charts below.
          .map((bars) => ({ ...bars, encode: { x: 0, y: 1 } })),
        ...choice(chosen),
        ...(pins.size === 0 ? [] : [pinnedMarks(plotted, pins, palette)])
      ]
    }),
    choice: (chosen) => ({ series: choice(chosen) })
  }
}

/** A point that is not drawn at the ends of the axes that the charts below find by their marks. */
function farthest(
  { hasErrorBars = true }: TradeOffChart,
  plotted: ReturnType<typeof plotOf>['plotted']
): ScatterSeriesOption {
  let [cost, error] = [-Infinity, -Infinity]
  for (const { trial, interval, ...each } of plotted) {
    cost = Math.max(cost, each.cost)
    error = Math.max(error, each.errorPercent)
    if (hasErrorBars && isReference(trial)) error = Math.max(error, interval.upperPercent)
  }
  return { type: 'scatter', id: 'farthest', silent: true, symbol: 'none', data: [[cost, error]] }
}
