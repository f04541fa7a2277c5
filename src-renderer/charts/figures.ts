/** Every figure of a trial that a range can choose by, in the units in which charts show it. */
import { qualityOf } from '@contract/quality'
import type { TrialReport } from '@contract/trial'
import { costAxes, costNames, type CostName } from './cost-axis'

export const figureNames = ['kept', ...costNames, 'error'] as const
export type FigureName = CostName | 'kept' | 'error'

/** The figure of a completed trial; undefined when it was not measured. */
export function readFigure(trial: TrialReport, figure: FigureName): number | undefined {
  if (trial.state !== 'completed') return undefined
  if (figure === 'kept') return trial.retainedParameterFraction && trial.retainedParameterFraction * 100
  if (figure === 'error') {
    const rate = qualityOf(trial)?.errorRate
    return rate === undefined ? undefined : rate * 100
  }
  return costAxes[figure].read(trial)
}

/** The figures of all trials, one column per figure, row by row like the trials; NaN where nothing was measured. */
export type FigureColumns = Readonly<Record<FigureName, Float64Array>>

/** Reads every figure once, so that choosing among thousands of trials only compares numbers. */
export function figureColumns(trials: readonly TrialReport[]): FigureColumns {
  const column = (figure: FigureName) =>
    Float64Array.from(trials, (trial) => readFigure(trial, figure) ?? Number.NaN)
  return {
    kept: column('kept'),
    size: column('size'),
    parameters: column('parameters'),
    macs: column('macs'),
    latency: column('latency'),
    speed: column('speed'),
    memory: column('memory'),
    error: column('error')
  }
}

/** Trials whose figure lies between both ends, ends included; what was not measured lies nowhere. */
export interface FigureRange {
  readonly figure: FigureName
  readonly lower: number
  readonly upper: number
}

/** Rows that lie in all ranges; ranges of one figure are alternatives, as several brushes on one axis are. */
export function rowsInRanges(columns: FigureColumns, ranges: readonly FigureRange[]): number[] {
  const outside = rowsOutside(columns, ranges)
  const rows: number[] = []
  for (let row = 0; row < outside.length; row++) if (outside[row] === 0) rows.push(row)
  return rows
}

/**
 * 1 for every row that lies outside one of the ranges, 0 for the others [rows]. Column by column, over numbers only: with
 * thousands of trials this runs at every move of a hand.
 *
 * - `outside` rows that are outside already, which are marked further; left out: none.
 */
export function rowsOutside(
  columns: FigureColumns,
  ranges: readonly FigureRange[],
  outside: Uint8Array = new Uint8Array(columns.size.length)
): Uint8Array {
  for (const figure of new Set(ranges.map((range) => range.figure))) {
    const column = columns[figure]
    const alternatives = ranges.filter((range) => range.figure === figure)
    for (let row = 0; row < column.length; row++) {
      if (outside[row] === 1) continue
      const value = column[row]!
      let isInside = false
      for (const { lower, upper } of alternatives) if (value >= lower && value <= upper) isInside = true
      if (!isInside) outside[row] = 1
    }
  }
  return outside
}
