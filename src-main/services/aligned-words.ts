import type { AlignedWord } from '@contract/compare'
import type { UtteranceRecord } from '@contract/trial'
import { alignRecord } from '../evaluation/align-record'

/**
 * The words of a record as they were compared. A label is right or wrong as a whole, whatever words it is written with.
 *
 * @throws WorkbenchError `invalid-input` for a normalizer that is not known.
 */
export function alignedWords(record: UtteranceRecord, normalizer: string): readonly AlignedWord[] {
  const { reference, hypothesis, labelRank } = record
  if (labelRank === undefined) return alignRecord(record, normalizer)
  return [{ operation: labelRank === 1 ? 'match' : 'substitution', reference, hypothesis }]
}
