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
  const byFigure = new Map<FigureName, FigureRange[]>()
  for (const range of ranges) byFigure.set(range.figure, [...(byFigure.get(range.figure) ?? []), range])
  const tests = [...byFigure].map(([figure, alternatives]) => ({ column: columns[figure], alternatives }))
  const rows: number[] = []
  for (let row = 0; row < columns.size.length; row++) {
    const isInside = tests.every(({ column, alternatives }) => {
      const value = column[row]!
      return alternatives.some(({ lower, upper }) => value >= lower && value <= upper)
    })
    if (isInside) rows.push(row)
  }
  return rows
}
