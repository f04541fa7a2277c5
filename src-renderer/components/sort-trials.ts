import type { TrialReport } from '@contract/trial'
import type { SortValue } from './trial-columns'

/** By which column a table is sorted, and which way. */
export interface TrialOrder {
  readonly columnId: string
  readonly direction: 'ascending' | 'descending'
}

/**
 * The trials in order of a value. Those without it come last either way, and equals keep their order. Text is
 * compared as people count: `tier 9` before `tier 10`.
 */
export function sortTrials(
  trials: readonly TrialReport[],
  valueOf: (trial: TrialReport) => SortValue,
  direction: TrialOrder['direction']
): TrialReport[] {
  const sign = direction === 'ascending' ? 1 : -1
  // Read once each: a comparison that reads its values does so a dozen times per trial.
  const keyed = trials.map((trial) => ({ trial, value: valueOf(trial) }))
  keyed.sort(({ value: first }, { value: second }) =>
    first === undefined || second === undefined
      ? Number(first === undefined) - Number(second === undefined)
      : sign * compare(first, second)
  )
  return keyed.map(({ trial }) => trial)
}

/** Made once: a comparison that looks its language up costs a hundred times as much. */
const collator = new Intl.Collator('en', { numeric: true })

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
}

/** The order after a click on a column: ascending, then descending, then as it was written. */
export function nextOrder(order: TrialOrder | undefined, columnId: string): TrialOrder | undefined {
  if (order?.columnId !== columnId) return { columnId, direction: 'ascending' }
  return order.direction === 'ascending' ? { columnId, direction: 'descending' } : undefined
}
