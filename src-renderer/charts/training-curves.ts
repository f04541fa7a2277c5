/** The curves of a training as charts: loss, word errors, gradients and learning rate over steps. Pure; draws nothing. */
import type { LineSeriesOption } from 'echarts/charts'
import { developmentErrorRate, type TrainingCurve } from '@contract/training'
import { chartFont, numberAxis, tooltipStyle } from './chart-axis'
import type { ChartPalette } from './chart-palette'
import { markLines, type SpectrumMark, type SpectrumOption } from './spectrum-option'

/** What the charts say, in the user's language. */
export interface CurveWords {
  readonly step: string
  readonly loss: string
  readonly trainingLoss: string
  readonly smoothedLoss: string
  readonly developmentLoss: string
  readonly errorRate: string
  readonly wordErrors: string
  readonly words: string
  readonly gradientNorm: string
  readonly learningRate: string
  readonly chosen: (step: number) => string
}

export interface CurveTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

/** One chart with its numbers. */
export interface CurveChart {
  readonly id: 'loss' | 'error-rate' | 'gradient-norm' | 'learning-rate'
  readonly title: string
  readonly option: SpectrumOption
  /** As many rows as one reads. */
  readonly table: CurveTable
  /** Every step. */
  readonly wholeTable: CurveTable
}

export interface CurveCharts {
  readonly curve: TrainingCurve
  /** Whose weights are kept as things stand; undefined: none is chosen yet. */
  readonly chosenStep: number | undefined
  readonly totalSteps: number
  readonly words: CurveWords
  readonly palette: ChartPalette
}

type Point = readonly [step: number, value: number]

interface Line {
  readonly name: string
  readonly color: string
  readonly points: readonly Point[]
  readonly look: 'faint' | 'strong' | 'measured'
}

/** Steps over which the smoothed loss looks back. */
export const smoothedSteps = 20
/** More rows of a table than this are better read from the file. */
export const mostRows = 200

/**
 * The exponential moving average with weight α = 2 ÷ (n + 1) of n steps, free of the bias towards its start:
 * s_t = Σ (1−α)^(t−i) x_i ÷ Σ (1−α)^(t−i).
 */
export function smoothed(values: readonly number[], steps = smoothedSteps): number[] {
  const keep = 1 - 2 / (steps + 1)
  let [sum, weight] = [0, 0]
  return values.map((value) => {
    sum = keep * sum + value
    weight = keep * weight + 1
    return sum / weight
  })
}

/** The first and last row and evenly spaced ones between, and every row that `isKept` names. */
export function thinned<Row>(
  rows: readonly Row[],
  most: number,
  isKept: (row: Row) => boolean = () => false
): readonly Row[] {
  if (rows.length <= most) return rows
  const stride = Math.ceil(rows.length / most)
  return rows.filter((row, place) => place % stride === 0 || place === rows.length - 1 || isKept(row))
}

/** The charts in the order in which they are read; no word errors without a development set. */
export function curveCharts(parts: CurveCharts): CurveChart[] {
  const hasDevelopment = parts.curve.development.length > 0
  return [
    lossChart(parts),
    ...(hasDevelopment ? [errorRateChart(parts)] : []),
    plainChart(parts, 'gradient-norm', 'gradientNorm'),
    plainChart(parts, 'learning-rate', 'learningRate')
  ]
}

function lossChart(parts: CurveCharts): CurveChart {
  const { curve, words, palette } = parts
  const { steps, development } = curve
  const means = smoothed(steps.map(({ loss }) => loss))
  const measured = new Map(development.map(({ step, loss }) => [step, loss]))
  const lines: Line[] = [
    {
      name: words.trainingLoss,
      color: palette.whitenedSvd,
      look: 'faint',
      points: steps.map(({ step, loss }) => [step, loss])
    },
    {
      name: words.smoothedLoss,
      color: palette.whitenedSvd,
      look: 'strong',
      points: steps.map(({ step }, place) => [step, means[place]!])
    }
  ]
  if (development.length > 0) {
    const points = development.map(({ step, loss }): Point => [step, loss])
    lines.push({ name: words.developmentLoss, color: palette.weightSvd, look: 'measured', points })
  }
  const taken = steps.map(({ step, loss }, place) => [
    step,
    loss,
    means[place]!,
    ...(development.length > 0 ? [measured.get(step) ?? ''] : [])
  ])
  // The model as it was took no step.
  const parent = measured.get(0)
  const rows = parent === undefined ? taken : [[0, '', '', parent], ...taken]
  const columns = [words.step, ...lines.map(({ name }) => name)]
  return {
    id: 'loss',
    title: words.loss,
    option: curveOption(parts, { lines, yTitle: words.loss, format: shortNumber }),
    table: { columns, rows: thinned(rows, mostRows, (row) => measured.has(Number(row[0]))) },
    wholeTable: { columns, rows }
  }
}

function errorRateChart(parts: CurveCharts): CurveChart {
  const { curve, words, palette } = parts
  const points = curve.development.map((record): Point => [record.step, 100 * developmentErrorRate(record)])
  const table = {
    columns: [words.step, `${words.errorRate} (%)`, words.wordErrors, words.words],
    rows: curve.development.map((record) => [
      record.step,
      Number((100 * developmentErrorRate(record)).toFixed(2)),
      record.wordErrors,
      record.referenceWords
    ])
  }
  return {
    id: 'error-rate',
    title: words.errorRate,
    option: curveOption(parts, {
      lines: [{ name: words.errorRate, color: palette.weightSvd, look: 'measured', points }],
      yTitle: `${words.errorRate} (%)`,
      format: (value) => `${value.toFixed(2)} %`
    }),
    table: { ...table, rows: thinned(table.rows, mostRows) },
    wholeTable: table
  }
}

function plainChart(
  parts: CurveCharts,
  id: CurveChart['id'],
  member: 'gradientNorm' | 'learningRate'
): CurveChart {
  const { curve, words, palette } = parts
  const name = words[member]
  const points = curve.steps.map((record): Point => [record.step, record[member]])
  const table = { columns: [words.step, name], rows: points }
  return {
    id,
    title: name,
    option: curveOption(parts, {
      lines: [{ name, color: palette.outputPca, look: 'strong', points }],
      yTitle: name,
      format: shortNumber
    }),
    table: { ...table, rows: thinned(points, mostRows) },
    wholeTable: table
  }
}

/** A range this wide is read on a logarithmic axis, where everything is positive. */
const wideRange = 30

function isWide(lines: readonly Line[]): boolean {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value))
  const least = values.reduce((min, value) => Math.min(min, value), Infinity)
  const most = values.reduce((max, value) => Math.max(max, value), -Infinity)
  return least > 0 && most / least > wideRange
}

function curveOption(
  { totalSteps, chosenStep, words, palette }: CurveCharts,
  {
    lines,
    yTitle,
    format
  }: {
    readonly lines: readonly Line[]
    readonly yTitle: string
    readonly format: (value: number) => string
  }
): SpectrumOption {
  const marks: SpectrumMark[] =
    chosenStep === undefined ? [] : [{ at: chosenStep, label: words.chosen(chosenStep), isStrong: true }]
  const isLogarithmic = isWide(lines)
  const axis = numberAxis(yTitle, palette, 52)
  return {
    animation: false,
    textStyle: chartFont,
    grid: { left: 68, right: 18, top: lines.length > 1 ? 34 : 16, bottom: 40 },
    legend: {
      show: lines.length > 1,
      top: 0,
      left: 8,
      // What is smoothed has the colour of what it was made from.
      data: lines.filter(({ look }) => look !== 'faint').map(({ name }) => name),
      icon: 'roundRect',
      itemHeight: 3,
      textStyle: { color: palette.ink }
    },
    tooltip: {
      trigger: 'axis',
      ...tooltipStyle(palette),
      axisPointer: { lineStyle: { color: palette.lineStrong } },
      valueFormatter: (value) => (typeof value === 'number' ? format(value) : '')
    },
    xAxis: {
      type: 'value',
      min: 0,
      // The whole way, so that one sees how much is left.
      max: Math.max(1, totalSteps),
      ...numberAxis(words.step, palette, 24),
      splitLine: { show: false }
    },
    yAxis: isLogarithmic
      ? { type: 'log', ...axis, axisLabel: { ...axis.axisLabel, formatter: shortNumber } }
      : { type: 'value', scale: true, ...axis, axisLabel: { ...axis.axisLabel, formatter: shortNumber } },
    series: lines.map(({ name, color, points, look }, index): LineSeriesOption => ({
      type: 'line',
      id: name,
      name,
      color,
      // A line through one point shows nothing.
      showSymbol: look === 'measured' || points.length === 1,
      symbol: 'circle',
      symbolSize: 5,
      // Of many thousand steps a screen shows a few hundred.
      sampling: 'lttb',
      lineStyle: { width: look === 'faint' ? 1 : 2, opacity: look === 'faint' ? 0.35 : 1 },
      data: points.map((point) => [...point]),
      ...(index === 0 ? { markLine: markLines(marks, palette) } : {})
    }))
  }
}

/** Three digits; small numbers and large ones as powers of ten. */
function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return value.toExponential(Number.isInteger(Math.log10(size)) ? 0 : 2)
  return String(Number(value.toPrecision(4)))
}
