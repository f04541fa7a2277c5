import type { UtteranceRecord } from '@contract/trial'
import { characterErrors } from '../../evaluation/character-errors'
import { failureFlags } from '../../evaluation/failure-flags'
import type { UtteranceTiming } from '../../evaluation/latency'
import { alignWords, splitWords } from '../../evaluation/word-errors'
import type { Utterance } from '../../speech/datasets/utterance'
import type { Interpretation } from '../../speech/families/family'
import type { TextNormalizer } from '../../speech/text/normalizers'

/** What a model made of a recording. */
export interface Heard {
  readonly interpretation: Interpretation
  readonly timing: UtteranceTiming
}

/**
 * The record of one utterance: texts by their word and character errors after `normalizer`, labels by the place of the
 * right one. Raw text is kept beside the counts, so that another normalizer can rescore without running the model again.
 */
export function scoreUtterance(
  utterance: Utterance,
  { interpretation, timing }: Heard,
  normalizer: TextNormalizer
): UtteranceRecord {
  const isLabel = interpretation.kind === 'label'
  return {
    utteranceId: utterance.id,
    reference: isLabel ? (utterance.label ?? utterance.text) : utterance.text,
    hypothesis: isLabel ? interpretation.label : interpretation.text,
    ...(utterance.speaker === undefined ? {} : { speaker: utterance.speaker }),
    ...(isLabel
      ? scoreLabel(utterance, interpretation, normalizer)
      : scoreText(utterance.text, interpretation.text, normalizer)),
    audioSeconds: timing.audioSeconds,
    processingMilliseconds: timing.processingMilliseconds
  }
}

function scoreText(
  text: string,
  heard: string,
  normalizer: TextNormalizer
): Pick<UtteranceRecord, 'wordErrors' | 'characterErrors' | 'failures'> {
  const reference = splitWords(normalizer.normalize(text))
  const hypothesis = splitWords(normalizer.normalize(heard))
  const { substitutions, deletions, insertions, referenceWords } = alignWords(reference, hypothesis)
  return {
    wordErrors: { substitutions, deletions, insertions, referenceWords },
    characterErrors: characterErrors(reference.join(' '), hypothesis.join(' ')),
    failures: failureFlags(reference, hypothesis)
  }
}

/** The normalizer is applied to labels as well, so that `Yes` in a folder's name finds `yes` of the model. */
function scoreLabel(
  { label, text }: Utterance,
  { topLabels }: Extract<Interpretation, { kind: 'label' }>,
  normalizer: TextNormalizer
): Pick<UtteranceRecord, 'labelRank' | 'failures'> {
  const reference = normalizer.normalize(label ?? text)
  const place = topLabels.findIndex((each) => normalizer.normalize(each.label) === reference)
  return { labelRank: place < 0 ? null : place + 1, failures: [] }
}
