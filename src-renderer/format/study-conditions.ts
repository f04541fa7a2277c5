import type { TrialReport } from '@contract/trial'
import { formatAudioDuration } from './numbers'

/** One condition under which the numbers of a study hold. More than one value: the trials were measured differently. */
export interface StudyCondition {
  readonly term: string
  readonly values: readonly string[]
}

/** How each condition is read from a measured trial, in the order in which they are shown. */
const readers: readonly (readonly [string, (trial: TrialReport) => string | undefined])[] = [
  ['Processor', ({ conditions }) => conditions?.processor],
  ['Threads', ({ conditions }) => conditions && String(conditions.threads)],
  ['Runtime', ({ conditions }) => conditions?.runtime],
  ['System', ({ conditions }) => conditions && `${conditions.platform}, Node ${conditions.node}`],
  [
    'Evaluated on',
    ({ utterances, audioSeconds }) =>
      utterances === undefined || audioSeconds === undefined
        ? undefined
        : `${utterances} utterances, ${formatAudioDuration(audioSeconds)}`
  ],
  ['Speakers', ({ speakers }) => (speakers ? String(speakers) : undefined)],
  ['Reference words', ({ wordErrors }) => wordErrors && String(wordErrors.referenceWords)],
  ['Warm-up', ({ conditions }) => conditions && `${conditions.warmupUtterances} utterances`],
  ['Text normalizer', ({ conditions }) => conditions?.normalizer],
  ['Lathe', ({ conditions }) => conditions?.lathe]
]

/** The conditions of all measured trials, each with its distinct values in order of appearance. */
export function studyConditions(trials: readonly TrialReport[]): StudyCondition[] {
  return readers.flatMap(([term, read]) => {
    const values = [...new Set(trials.map(read).filter((value) => value !== undefined))]
    return values.length === 0 ? [] : [{ term, values }]
  })
}
