import type { UtteranceRecord } from '@contract/trial'
import { findNormalizer } from '../speech/text/normalizers'
import { alignWords, splitWords, type AlignmentStep } from './word-errors'

/**
 * The words of a record as they were compared: reference and hypothesis after the normalizer, in reading order.
 *
 * - `normalizer` name, with or without a version behind it, as the conditions of a measurement keep it.
 *
 * Counting the operations gives the record's word errors, as long as the normalizer's version is the same.
 *
 * @throws WorkbenchError `invalid-input` for a normalizer that is not known.
 */
export function alignRecord(
  { reference, hypothesis }: Pick<UtteranceRecord, 'reference' | 'hypothesis'>,
  normalizer: string
): readonly AlignmentStep[] {
  const found = findNormalizer(normalizer.split(' ')[0]!)
  const wordsOf = (text: string) => splitWords(found.normalize(text))
  const { alignment } = alignWords(wordsOf(reference), wordsOf(hypothesis))
  return alignment
}
