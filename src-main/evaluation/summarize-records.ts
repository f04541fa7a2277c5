/** Figures of a data set from the records of its recordings. */
import type { CharacterErrors, Measurement, UtteranceRecord, WordErrors } from '@contract/trial'
import { errorRateInterval, type BootstrapOptions } from './bootstrap'
import { addCharacterErrors, characterErrorRate, noCharacterErrors } from './character-errors'
import { bootstrapSpeakers, characterErrorCount, recordErrorCount, wordErrorCount } from './error-count'
import { addWordErrors, noWordErrors, wordErrorRate } from './word-errors'

/** What a measurement says about texts or labels. */
export type QualityFigures = Pick<
  Measurement,
  | 'wordErrorRate'
  | 'wordErrors'
  | 'wordErrorRateInterval'
  | 'characterErrorRate'
  | 'characterErrors'
  | 'characterErrorRateInterval'
  | 'accuracy'
  | 'correct'
  | 'accuracyInterval'
  | 'topAccuracies'
>

export interface SummaryOptions {
  readonly seed: number
  /** What the bootstrap draws. */
  readonly bootstrapUnit: 'utterance' | 'speaker'
  /** Labels between which a classifier chooses: the k best of k labels say nothing. */
  readonly labels?: number | undefined
}

/** The k of top-k accuracies. */
const listedPlaces = [1, 3, 5]

/**
 * Error rates of texts or accuracies of labels with 95 % intervals, over all records.
 *
 * @throws WorkbenchError `invalid-input` without records, or without speakers where they are to be drawn.
 */
export function summarizeQuality(
  records: readonly UtteranceRecord[],
  { seed, bootstrapUnit, labels }: SummaryOptions
): QualityFigures {
  const bootstrap: BootstrapOptions = { seed, speakers: bootstrapSpeakers(records, bootstrapUnit) }
  return records.some(({ wordErrors }) => wordErrors !== undefined)
    ? summarizeTexts(records, bootstrap)
    : summarizeLabels(records, bootstrap, labels ?? Infinity)
}

function summarizeTexts(records: readonly UtteranceRecord[], bootstrap: BootstrapOptions): QualityFigures {
  const words = records.map(({ wordErrors }) => wordErrors ?? noWordErrors)
  const characters = records.map((record) => record.characterErrors ?? noCharacterErrors)
  const wordErrors = words.reduce<WordErrors>(addWordErrors, noWordErrors)
  const characterErrors = characters.reduce<CharacterErrors>(addCharacterErrors, noCharacterErrors)
  return {
    wordErrorRate: wordErrorRate(wordErrors),
    wordErrors,
    wordErrorRateInterval: errorRateInterval(words.map(wordErrorCount), bootstrap),
    characterErrorRate: characterErrorRate(characterErrors),
    characterErrors,
    characterErrorRateInterval: errorRateInterval(characters.map(characterErrorCount), bootstrap)
  }
}

function summarizeLabels(
  records: readonly UtteranceRecord[],
  bootstrap: BootstrapOptions,
  labels: number
): QualityFigures {
  const within = (places: number) =>
    records.filter(({ labelRank }) => typeof labelRank === 'number' && labelRank <= places).length
  const { lower, upper } = errorRateInterval(records.map(recordErrorCount), bootstrap)
  return {
    accuracy: within(1) / records.length,
    correct: within(1),
    accuracyInterval: { lower: 1 - upper, upper: 1 - lower },
    topAccuracies: Object.fromEntries(
      listedPlaces
        .filter((places) => places < labels)
        .map((places) => [String(places), within(places) / records.length])
    )
  }
}

/** Utterances per failure flag. */
export function countFailures(records: readonly UtteranceRecord[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { failures } of records) for (const flag of failures) counts[flag] = (counts[flag] ?? 0) + 1
  return counts
}

/** Speakers that the records name; 0 when they name none. */
export function countSpeakers(records: readonly UtteranceRecord[]): number {
  return new Set(records.flatMap(({ speaker }) => speaker ?? [])).size
}
