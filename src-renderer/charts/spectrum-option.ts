/** Spectra as charts: singular values on a logarithmic axis, and the energy that a rank keeps. Pure; draws nothing. */
import type { LineSeriesOption } from 'echarts/charts'
import type {
  GridComponentOption,
  LegendComponentOption,
  MarkLineComponentOption,
  TooltipComponentOption
} from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { chartFont, numberAxis, tooltipStyle } from './chart-axis'
import type { ChartPalette } from './chart-palette'

export type SpectrumOption = ComposeOption<
  | LineSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | MarkLineComponentOption
>

export interface SpectrumLine {
  readonly name: string
  readonly color: string
  readonly isDashed?: boolean
  /** [x, y], x ascending. */
  readonly points: readonly (readonly [number, number])[]
}

/** A line across the chart at a place of the horizontal axis. */
export interface SpectrumMark {
  readonly at: number
  readonly label: string
  readonly isStrong?: boolean
  /** Whether the line can be moved: a knob at its end says so. */
  readonly isMovable?: boolean
}

export interface SpectrumChart {
  readonly lines: readonly SpectrumLine[]
  readonly marks: readonly SpectrumMark[]
  readonly xTitle: string
  readonly yTitle: string
  /** `logarithmic` drops what is not positive; `percent` ends at 0 and 100. */
  readonly scale: 'logarithmic' | 'percent'
  readonly palette: ChartPalette
}

/** Values below this part of the largest are rounding noise of float64 and would only stretch the axis. */
const noiseFloor = 1e-8

/** Singular values relative to the largest, from 1, without what is lost in rounding. */
export function relativeValues(
  singularValues: readonly number[],
  indices: readonly number[]
): [number, number][] {
  const largest = singularValues[0] ?? 0
  return singularValues.flatMap((value, place): [number, number][] => {
    const relative = largest === 0 ? 0 : value / largest
    return relative < noiseFloor ? [] : [[(indices[place] ?? place) + 1, relative]]
  })
}

/** Energy kept in percent at each rank, from 0 to the whole spectrum. */
export function keptEnergy({
  indices,
  discardedShares,
  length
}: {
  readonly indices: readonly number[]
  readonly discardedShares: readonly number[]
  readonly length: number
}): [number, number][] {
  const points = indices.map((index, place): [number, number] => [index, 100 * (1 - discardedShares[place]!)])
  return [...points, [length, 100]]
}

/** One line per spectrum with the marks across. */
export function spectrumOption({
  lines,
  marks,
  xTitle,
  yTitle,
  scale,
  palette
}: SpectrumChart): SpectrumOption {
  const percent = { type: 'value', min: 0, max: 100 } as const
  const axis = numberAxis(yTitle, palette, 42)
  const powers = { ...axis.axisLabel, formatter: shortPower }
  return {
    animation: false,
    textStyle: chartFont,
    grid: { left: 56, right: 16, top: lines.length > 1 ? 44 : 24, bottom: 42 },
    legend: {
      show: lines.length > 1,
      top: 0,
      left: 48,
      icon: 'roundRect',
      itemHeight: 3,
      textStyle: { color: palette.ink }
    },
    tooltip: {
      trigger: 'axis',
      ...tooltipStyle(palette),
      axisPointer: { lineStyle: { color: palette.lineStrong } },
      valueFormatter: (value) => (typeof value === 'number' ? shortNumber(value, scale) : '')
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: 'dataMax',
      ...numberAxis(xTitle, palette, 26),
      splitLine: { show: false }
    },
    yAxis: scale === 'percent' ? { ...percent, ...axis } : { type: 'log', ...axis, axisLabel: powers },
    series: lines.map((line, index): LineSeriesOption => ({
      type: 'line',
      id: line.name,
      name: line.name,
      showSymbol: false,
      color: line.color,
      lineStyle: { width: 2, type: line.isDashed === true ? 'dashed' : 'solid' },
      data: line.points.map((point) => [...point]),
      ...(index === 0 ? { markLine: markLines(marks, palette) } : {})
    }))
  }
}

/** `0.01`, `1e-5`: powers of ten without a row of zeros. */
function shortPower(value: number): string {
  return value < 1e-3 ? value.toExponential() : String(value)
}

function shortNumber(value: number, scale: SpectrumChart['scale']): string {
  return scale === 'percent' ? `${value.toFixed(2)} %` : value.toPrecision(3)
}

/** Lines across a chart at places of its horizontal axis. */
export function markLines(marks: readonly SpectrumMark[], palette: ChartPalette): MarkLineComponentOption {
  return {
    silent: true,
    symbol: 'none',
    data: marks.map(({ at, label, isStrong, isMovable }, place) => ({
      xAxis: at,
      ...(isMovable === true ? { symbol: 'circle', symbolSize: 11 } : {}),
      lineStyle: {
        color: isStrong === true ? palette.ink : palette.muted,
        width: isStrong === true ? 1.5 : 1,
        type: isStrong === true ? 'solid' : [4, 3]
      },
      label: {
        // Written along its line, on the side away from the other, so that close marks do not write over each other.
        position: marks.some((other, next) => other.at > at || (other.at === at && next > place))
          ? 'insideEndTop'
          : 'insideEndBottom',
        color: palette.ink,
        textBorderColor: palette.panel,
        textBorderWidth: 3,
        formatter: label
      }
    }))
  }
}
