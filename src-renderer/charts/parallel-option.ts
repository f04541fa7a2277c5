/** All figures of all trials at once, as lines across parallel axes. Pure; draws nothing itself. */
import type { ParallelSeriesOption } from 'echarts/charts'
import type { ParallelComponentOption } from 'echarts/components'
import type { TrialReport } from '@contract/trial'
import { tradeOff as english, type TradeOffWords } from '../text/en/trade-off'
import type { ChartPalette } from './chart-palette'
import { figureNames, type FigureColumns, type FigureName } from './figures'
import { errorKind } from './plotted-trials'
import { seriesColor } from './series-style'

/** Composing the two types of ECharts gives every member the type of an axis, so that they are written side by side. */
export interface ParallelOption {
  readonly animation: boolean
  readonly textStyle: { readonly fontFamily: string }
  readonly parallel: ParallelComponentOption
  readonly parallelAxis: readonly Record<string, unknown>[]
  readonly series: ParallelSeriesOption[]
}

export interface ParallelChart {
  readonly trials: readonly TrialReport[]
  readonly columns: FigureColumns
  readonly palette: ChartPalette
  /** Trials in full colour; undefined: all. */
  readonly chosen?: ReadonlySet<string> | undefined
  readonly words?: TradeOffWords['chart']
}

/** More lines than this cannot be told apart; an even sample of them is drawn. */
export const mostLines = 500
/** The same for lines that were not chosen: they only hint at where the rest lies. */
export const mostOtherLines = 150

interface Drawable {
  readonly figures: readonly FigureName[]
  /** Rows that have all of these figures. */
  readonly measured: readonly number[]
  /** The least and the largest of each figure among them. */
  readonly ends: readonly [least: readonly number[], largest: readonly number[]]
}

/** Per study: it does not depend on what is chosen. */
const knownDrawables = new WeakMap<FigureColumns, Drawable>()

/** The axes that have something to tell: figures that differ between trials, and the error. */
export function parallelFigures(columns: FigureColumns): readonly FigureName[] {
  return drawable(columns).figures
}

function drawable(columns: FigureColumns): Drawable {
  const known = knownDrawables.get(columns)
  if (known !== undefined) return known
  const figures = figureNames.filter((figure) => {
    const values = columns[figure].filter((value) => !Number.isNaN(value))
    return values.length > 0 && (figure === 'error' || values.some((value) => value !== values[0]))
  })
  const measured = Array.from(columns.size, (_, row) => row).filter((row) =>
    figures.every((figure) => !Number.isNaN(columns[figure][row]!))
  )
  const endOf = (pick: (...values: number[]) => number, from: number) =>
    figures.map((figure) => measured.reduce((end, row) => pick(end, columns[figure][row]!), from))
  const found: Drawable = {
    figures,
    measured,
    ends: measured.length === 0 ? [[], []] : [endOf(Math.min, Infinity), endOf(Math.max, -Infinity)]
  }
  knownDrawables.set(columns, found)
  return found
}

/** The whole chart: chosen trials in the colour of their method above faint others, below axes with areas to choose by. */
export function parallelOption(chart: ParallelChart): ParallelOption {
  const axes = parallelAxesOption(chart)
  return { ...axes, series: [...axes.series, ...parallelLines(chart)] }
}

/** The axes with areas to choose by, without a line: they do not depend on what is chosen. */
export function parallelAxesOption({
  trials,
  columns,
  palette,
  words = english.chart
}: ParallelChart): ParallelOption {
  const { figures, ends } = drawable(columns)
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    parallel: {
      left: 48,
      right: 64,
      top: 34,
      bottom: 18,
      parallelAxisDefault: {
        type: 'value',
        scale: true,
        // The other charts follow when the hand is off: drawing them all at every step would be late.
        realtime: false,
        nameTextStyle: { color: palette.ink, fontSize: 12 },
        nameGap: 14,
        axisLine: { lineStyle: { color: palette.lineStrong } },
        axisTick: { lineStyle: { color: palette.lineStrong } },
        axisLabel: { color: palette.muted, fontSize: 11 },
        areaSelectStyle: { width: 18, color: palette.ink, opacity: 0.12, borderColor: palette.ink }
      }
    },
    parallelAxis: figures.map((figure, dim) => ({
      dim,
      id: figure,
      name: axisName(figure, trials, words),
      // Better is down everywhere, as on the chart of errors against cost better is left and down.
      inverse: figure === 'speed',
      // Names stand on top, where an inverse axis begins.
      nameLocation: figure === 'speed' ? 'start' : 'end'
    })),
    series: [
      // Not to be seen: they give every axis the ends of all trials, whichever lines are drawn.
      layer(
        'ends',
        0,
        0,
        ends.map((value) => ({ value: [...value], lineStyle: { opacity: 0 } }))
      )
    ]
  }
}

/** The lines alone, on axes that are not drawn, for a chart that lies exactly below that of `parallelAxesOption`. */
export function parallelLinesOption(chart: ParallelChart): ParallelOption {
  const { parallelAxis, ...axes } = parallelAxesOption(chart)
  return {
    ...axes,
    parallelAxis: parallelAxis.map((axis) => ({ ...axis, show: false })),
    series: [...axes.series, ...parallelLines(chart)]
  }
}

/** The series that a choice changes. */
export function parallelLines({ trials, columns, palette, chosen }: ParallelChart): ParallelSeriesOption[] {
  const { figures, measured } = drawable(columns)
  const lines = (rows: readonly number[], most: number, style: { width: number; opacity: number }) =>
    sample(rows, most).map((row) => ({
      name: trials[row]!.trialId,
      value: figures.map((figure) => columns[figure][row]!),
      lineStyle: { ...style, color: seriesColor(trials[row]!.method, palette) }
    }))
  const others: number[] = []
  const shown: number[] = []
  for (const row of measured) {
    const isChosen = chosen === undefined || chosen.has(trials[row]!.trialId)
    ;(isChosen ? shown : others).push(row)
  }
  const opacity = shown.length > 200 ? 0.25 : 0.7
  return [
    // Lines out of all areas are told apart by what was chosen, which counts brushes of other charts too.
    layer('others', 1, 0.06, lines(others, mostOtherLines, { width: 1, opacity: 0.06 })),
    layer('chosen', 3, opacity, lines(shown, mostLines, { width: 1.2, opacity }))
  ]
}

function layer(
  id: string,
  z: number,
  activeOpacity: number,
  data: NonNullable<ParallelSeriesOption['data']>
): ParallelSeriesOption {
  return {
    type: 'parallel',
    id,
    z,
    silent: true,
    activeOpacity,
    inactiveOpacity: Math.min(0.06, activeOpacity),
    progressive: 200,
    data
  }
}

function axisName(figure: FigureName, trials: readonly TrialReport[], words: TradeOffWords['chart']): string {
  if (figure === 'kept') return words.kept
  if (figure !== 'error') return words.costs[figure].short
  return errorKind(trials) === 'classification-error'
    ? words.classificationErrorShort
    : words.wordErrorRateShort
}

/** Evenly spread members, the first among them. */
function sample<T>(members: readonly T[], most: number): readonly T[] {
  if (members.length <= most) return members
  const step = members.length / most
  return Array.from({ length: most }, (_, index) => members[Math.floor(index * step)]!)
}
