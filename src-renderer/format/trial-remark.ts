import type { TrialReport } from '@contract/trial'

/**
 * What a reader must know about a completed trial beyond its numbers: whether it has a reason to exist, and how many
 * utterances came out broken in which way. Empty when there is nothing.
 */
export function trialRemark(trial: TrialReport): string {
  const flags = Object.entries(trial.failures ?? {}).filter(([, count]) => count > 0)
  return [
    ...(trial.dominatedByInt8 === true ? ['int8 alone is better'] : []),
    ...flags.map(([flag, count]) => `${count} ${flag}`)
  ].join(', ')
}

/** Why a trial has no numbers: its state, and its error if there is one. */
export function trialObstacle({ state, error }: TrialReport): string {
  return error === undefined ? state : `${state}: ${error.message} [${error.code}]`
}
