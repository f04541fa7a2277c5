import type { TrialReport, TrialState } from '@contract/trial'

/** What `trialRemark` says, in the reader's language. */
export interface RemarkWords {
  readonly int8IsBetter: string
  /** So many recordings came out broken in this way. */
  readonly broken: (count: number, flag: string) => string
  readonly notReadable: (count: number) => string
  readonly stopped: (after: number, planned: number) => string
}

/**
 * What a reader must know about a completed trial beyond its numbers: whether it has a reason to exist, how many
 * utterances came out broken in which way or could not be read, and whether it ended early. Empty when there is nothing.
 */
export function trialRemark(trial: TrialReport, words: RemarkWords): string {
  const flags = Object.entries(trial.failures ?? {}).filter(([, count]) => count > 0)
  return [
    ...(trial.dominatedByInt8 === true ? [words.int8IsBetter] : []),
    ...flags.map(([flag, count]) => words.broken(count, flag)),
    ...(trial.unreadable?.length ? [words.notReadable(trial.unreadable.length)] : []),
    ...(trial.stoppedBefore === undefined ? [] : [words.stopped(trial.utterances ?? 0, trial.stoppedBefore)])
  ].join(', ')
}

/** Why a trial has no numbers: its state in the reader's words, and its error if there is one. */
export function trialObstacle(
  { state, error }: TrialReport,
  states: Readonly<Record<TrialState, string>>
): string {
  return error === undefined ? states[state] : `${states[state]}: ${error.message} [${error.code}]`
}
