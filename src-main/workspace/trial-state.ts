/** How the state of a trial is kept: a poisoned trial is a failed one that has crashed too often. */
import type { TrialState } from '@contract/trial'
import type { Row } from './database'

/** A trial that was never started has no record. */
export type StoredTrialState = Exclude<TrialState, 'pending'>

/** What the column `state` holds. */
export type StateColumn = Exclude<StoredTrialState, 'poisoned'>

/** Crashes that poison: one may be chance, such as a machine that was short of memory. */
export const poisonousCrashes = 2

/** The SQL condition on a row of `trials` that is poisoned. */
export const isPoisonedSql = `(trials.state = 'failed' AND trials.crashes >= ${poisonousCrashes})`

/** The state of a row that has the columns `state` and `crashes`. */
export function trialStateOf(row: Row): StoredTrialState {
  const state = row.state as StateColumn
  return state === 'failed' && Number(row.crashes) >= poisonousCrashes ? 'poisoned' : state
}
