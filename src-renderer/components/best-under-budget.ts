import type { TrialReport } from '@contract/trial'
import type { FigureColumns } from '../charts/figures'

/** The figures that a budget limits, in the units of the charts. */
export const budgetFigures = ['size', 'latency', 'error'] as const
export type BudgetFigure = (typeof budgetFigures)[number]

/** Upper limits; a limit itself is within. Absent: no limit. */
export type Limits = Readonly<Partial<Record<BudgetFigure, number>>>

export interface BudgetAnswer {
  /** How many trials stay within all limits. */
  readonly fitting: number
  /** Of these the one with the least error; of equals the smaller one. */
  readonly fewestErrors: TrialReport | undefined
  /** Of these the one with the fewest bytes; of equals the one with less error. */
  readonly smallest: TrialReport | undefined
}

/** The best trials within some limits. A trial of which a figure was not measured is never among them. */
export function bestUnderBudget(
  trials: readonly TrialReport[],
  columns: FigureColumns,
  limits: Limits
): BudgetAnswer {
  let fitting = 0
  let bestRow: number | undefined
  let smallestRow: number | undefined
  const isBefore = (row: number, other: number | undefined, first: BudgetFigure, second: BudgetFigure) =>
    other === undefined ||
    columns[first][row]! < columns[first][other]! ||
    (columns[first][row] === columns[first][other] && columns[second][row]! < columns[second][other]!)
  for (let row = 0; row < trials.length; row++) {
    if (!budgetFigures.every((figure) => columns[figure][row]! <= (limits[figure] ?? Infinity))) continue
    fitting++
    if (isBefore(row, bestRow, 'error', 'size')) bestRow = row
    if (isBefore(row, smallestRow, 'size', 'error')) smallestRow = row
  }
  const trialAt = (row: number | undefined) => (row === undefined ? undefined : trials[row])
  return { fitting, fewestErrors: trialAt(bestRow), smallest: trialAt(smallestRow) }
}

/** The values that a limit can take: every value that some trial has, ascending. */
export function limitSteps(column: Float64Array): number[] {
  return [...new Set(column.filter((value) => !Number.isNaN(value)))].toSorted((a, b) => a - b)
}
