/** Greedy CTC decoding: the best class of every frame, repeats collapsed, blanks dropped. */
import { WorkbenchError } from '@contract/errors'
import type { CtcVocabulary } from '../text/ctc-vocabulary'
import { collapseWhiteSpace } from '../text/normalizers'

/** The output of a CTC model for one utterance. */
export interface CtcLogits {
  /** [frames, classes], row-major; any per-frame constant (softmax or not) leaves the greedy path unchanged. */
  readonly logits: Float32Array
  readonly frames: number
  readonly classes: number
}

/**
 * The classes along the greedy path: argmax per frame, equal neighbours merged, then `blankId` removed.
 *
 * Ties go to the lowest class, so the result is the same on every machine.
 *
 * @throws WorkbenchError `numerical` when a logit is not finite, naming the frame.
 * @throws WorkbenchError `internal` when the array is not [frames, classes].
 * Source: A. Graves et al., Connectionist Temporal Classification, ICML 2006, best path decoding.
 */
export function ctcGreedy({ logits, frames, classes }: CtcLogits, blankId: number): number[] {
  if (logits.length !== frames * classes || classes < 1) {
    throw new WorkbenchError(
      'internal',
      `Logits [${frames}, ${classes}] need ${frames * classes} values, got ${logits.length}.`
    )
  }
  const ids: number[] = []
  let previous = -1
  for (let frame = 0; frame < frames; frame++) {
    const best = argmax(logits, frame, classes)
    if (best !== previous && best !== blankId) ids.push(best)
    previous = best
  }
  return ids
}

function argmax(logits: Float32Array, frame: number, classes: number): number {
  const row = frame * classes
  let best = 0
  for (let column = 0; column < classes; column++) {
    const value = logits[row + column]!
    if (!Number.isFinite(value)) {
      throw new WorkbenchError(
        'numerical',
        `The logits of frame ${frame} hold ${value} for class ${column}, expected finite numbers.`
      )
    }
    if (value > logits[row + best]!) best = column
  }
  return best
}

/**
 * The text of decoded classes: special tokens skipped, word delimiters turned into single spaces, none at the ends.
 *
 * @throws WorkbenchError `internal` for a class outside the vocabulary.
 */
export function tokensToText(ids: readonly number[], vocabulary: CtcVocabulary): string {
  const pieces = ids.map((id) => {
    const token = vocabulary.tokens[id]
    if (token === undefined) {
      throw new WorkbenchError(
        'internal',
        `Class ${id} is outside a vocabulary of ${vocabulary.tokens.length} tokens.`
      )
    }
    if (vocabulary.specialIds.has(id)) return ''
    return token === vocabulary.wordDelimiter ? ' ' : token
  })
  return collapseWhiteSpace(pieces.join(''))
}
