import type { TrialReport } from '@contract/trial'

/**
 * What a reader must know about a completed trial beyond its numbers: whether it has a reason to exist, how many
 * utterances came out broken in which way or could not be read, and whether it ended early. Empty when there is nothing.
 */
export function trialRemark(trial: TrialReport): string {
  const flags = Object.entries(trial.failures ?? {}).filter(([, count]) => count > 0)
  return [
    ...(trial.dominatedByInt8 === true ? ['int8 alone is better'] : []),
    ...flags.map(([flag, count]) => `${count} ${flag}`),
    ...(trial.unreadable?.length ? [`${trial.unreadable.length} not readable`] : []),
    ...(trial.stoppedBefore === undefined
      ? []
      : [`stopped after ${trial.utterances ?? 0} of ${trial.stoppedBefore}`])
  ].join(', ')
}

/** Why a trial has no numbers: its state, and its error if there is one. */
export function trialObstacle({ state, error }: TrialReport): string {
  return error === undefined ? state : `${state}: ${error.message} [${error.code}]`
}
