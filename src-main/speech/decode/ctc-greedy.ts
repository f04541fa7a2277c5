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
 * The text of decoded classes: special tokens skipped, word delimiters and markers turned into single spaces, none at
 * the ends. Runs of byte tokens (`<0xE4>`) are decoded as UTF-8; what is not UTF-8 becomes U+FFFD.
 *
 * @throws WorkbenchError `internal` for a class outside the vocabulary.
 */
export function tokensToText(ids: readonly number[], vocabulary: CtcVocabulary): string {
  const pieces: string[] = []
  let bytes: number[] = []
  for (const id of ids) {
    const byte = byteOf(tokenOf(id, vocabulary))
    if (byte !== undefined) {
      bytes.push(byte)
      continue
    }
    pieces.push(decodeBytes(bytes), pieceOf(id, vocabulary))
    bytes = []
  }
  pieces.push(decodeBytes(bytes))
  const text = collapseWhiteSpace(pieces.join(''))
  return vocabulary.lowerCase ? text.toLowerCase() : text
}

function tokenOf(id: number, { tokens }: CtcVocabulary): string {
  const token = tokens[id]
  if (token !== undefined) return token
  throw new WorkbenchError('internal', `Class ${id} is outside a vocabulary of ${tokens.length} tokens.`)
}

function pieceOf(id: number, vocabulary: CtcVocabulary): string {
  const { specialIds, wordDelimiter, wordMarker } = vocabulary
  if (specialIds.has(id)) return ''
  const token = tokenOf(id, vocabulary)
  if (token === wordDelimiter) return ' '
  return wordMarker === undefined ? token : token.replaceAll(wordMarker, ' ')
}

/** The byte that a token such as `<0xE4>` stands for, as SentencePiece writes what it has no piece for. */
function byteOf(token: string): number | undefined {
  const digits = /^<0x([0-9A-F]{2})>$/u.exec(token)?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 16)
}

function decodeBytes(bytes: readonly number[]): string {
  return bytes.length === 0 ? '' : new TextDecoder('utf-8').decode(Uint8Array.from(bytes))
}
