/** What one recording adds to an error rate, whatever is counted. */
import { WorkbenchError } from '@contract/errors'
import type { CharacterErrors, UtteranceRecord, WordErrors } from '@contract/trial'

/** Errors and what they are a share of: words, characters, or one label. */
export interface ErrorCount {
  readonly errors: number
  readonly total: number
}

export function wordErrorCount({
  substitutions,
  deletions,
  insertions,
  referenceWords
}: WordErrors): ErrorCount {
  return { errors: substitutions + deletions + insertions, total: referenceWords }
}

export function characterErrorCount({
  substitutions,
  deletions,
  insertions,
  referenceCharacters
}: CharacterErrors): ErrorCount {
  return { errors: substitutions + deletions + insertions, total: referenceCharacters }
}

/** The members of a record that say how well it was recognised. */
export type ScoredRecord = Pick<UtteranceRecord, 'utteranceId' | 'speaker' | 'wordErrors' | 'labelRank'>

/**
 * The count behind the error rate that `qualityOf` reads: word errors of a text, 1 of 1 for a wrong label.
 *
 * @throws WorkbenchError `internal` for a record that was scored neither as a text nor as a label.
 */
export function recordErrorCount({ utteranceId, wordErrors, labelRank }: ScoredRecord): ErrorCount {
  if (wordErrors !== undefined) return wordErrorCount(wordErrors)
  if (labelRank !== undefined) return { errors: labelRank === 1 ? 0 : 1, total: 1 }
  throw new WorkbenchError('internal', `The record of utterance '${utteranceId}' has no score.`)
}

/**
 * Who speaks in each record, for a bootstrap over speakers; undefined for one over utterances.
 *
 * @throws WorkbenchError `invalid-input` when speakers are asked for and a recording has none.
 */
export function bootstrapSpeakers(
  records: readonly Pick<UtteranceRecord, 'utteranceId' | 'speaker'>[],
  unit: 'utterance' | 'speaker'
): string[] | undefined {
  if (unit === 'utterance') return undefined
  const unnamed = records.filter(({ speaker }) => speaker === undefined)
  if (unnamed.length > 0) {
    throw new WorkbenchError(
      'invalid-input',
      `A bootstrap over speakers needs a speaker for every recording, but the data set names none for ${unnamed.length} of ${records.length}, such as '${unnamed[0]!.utteranceId}'; name them, or draw utterances.`
    )
  }
  return records.map(({ speaker }) => speaker!)
}
