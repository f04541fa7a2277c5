import type { DurationWords } from '@contract/display-numbers'
import type { TrialReport } from '@contract/trial'
import { formatAudioDuration } from './numbers'

/** One condition under which the numbers of a study hold. More than one value: the trials were measured differently. */
export interface StudyCondition {
  readonly term: string
  readonly values: readonly string[]
}

/** The names of the conditions, in the reader's language. */
export interface ConditionWords {
  readonly processor: string
  readonly threads: string
  readonly runtime: string
  readonly system: string
  readonly evaluatedOn: string
  readonly recordings: (count: number, duration: string) => string
  readonly durations: DurationWords
  readonly speakers: string
  readonly referenceWords: string
  readonly warmup: string
  readonly warmupRecordings: (count: number) => string
  readonly normalizer: string
  readonly lathe: string
}

type Reader = readonly [term: string, read: (trial: TrialReport) => string | undefined]

/** How each condition is read from a measured trial, in the order in which they are shown. */
function readers(words: ConditionWords): Reader[] {
  return [
    [words.processor, ({ conditions }) => conditions?.processor],
    [words.threads, ({ conditions }) => conditions && String(conditions.threads)],
    [
      words.runtime,
      ({ conditions }) =>
        conditions?.execution === undefined
          ? conditions?.runtime
          : `${conditions.runtime}, ${conditions.execution}`
    ],
    [words.system, ({ conditions }) => conditions && `${conditions.platform}, Node ${conditions.node}`],
    [
      words.evaluatedOn,
      ({ utterances, audioSeconds }) =>
        utterances === undefined || audioSeconds === undefined
          ? undefined
          : words.recordings(utterances, formatAudioDuration(audioSeconds, words.durations))
    ],
    [words.speakers, ({ speakers }) => (speakers ? String(speakers) : undefined)],
    [words.referenceWords, ({ wordErrors }) => wordErrors && String(wordErrors.referenceWords)],
    [words.warmup, ({ conditions }) => conditions && words.warmupRecordings(conditions.warmupUtterances)],
    [words.normalizer, ({ conditions }) => conditions?.normalizer],
    [words.lathe, ({ conditions }) => conditions?.lathe]
  ]
}

/** The conditions of all measured trials, each with its distinct values in order of appearance. */
export function studyConditions(trials: readonly TrialReport[], words: ConditionWords): StudyCondition[] {
  return readers(words).flatMap(([term, read]) => {
    const values = [...new Set(trials.map(read).filter((value) => value !== undefined))]
    return values.length === 0 ? [] : [{ term, values }]
  })
}
