/** The way from a transcript to the classes that a CTC model should say; the way back is `decode/ctc-greedy.ts`. */
import { WorkbenchError } from '@contract/errors'
import type { CtcVocabulary } from './ctc-vocabulary'
import { collapseWhiteSpace } from './normalizers'

/** Turns transcripts into labels; what it needs of the vocabulary is looked up once. */
export type CtcLabels = (text: string) => number[]

/**
 * The labels of transcripts in a vocabulary: the longest token that fits at each place, spaces as the word delimiter or
 * as the marker that begins a word. A letter that the vocabulary has in one case only is taken in that case.
 *
 * Where tokens are pieces of words, training by another split than the tokenizer's own is still training towards the same
 * text.
 *
 * The function throws WorkbenchError `invalid-input` for a text with a character that no token spells.
 */
export function createCtcLabels(vocabulary: CtcVocabulary): CtcLabels {
  const { tokens, specialIds, wordDelimiter, wordMarker } = vocabulary
  const idOf = new Map<string, number>()
  tokens.forEach((token, id) => {
    if (!specialIds.has(id) && token !== '') idOf.set(token, id)
  })
  const longest = Math.max(1, ...[...idOf.keys()].map(({ length }) => length))
  const spell = (text: string): string => {
    const words = collapseWhiteSpace(text).split(' ')
    if (wordMarker !== undefined) return words.map((word) => `${wordMarker}${word}`).join('')
    return words.join(wordDelimiter !== undefined && idOf.has(wordDelimiter) ? wordDelimiter : ' ')
  }
  return (text) => {
    if (text.trim() === '') return []
    const spelled = spell(text)
    const labels: number[] = []
    for (let at = 0; at < spelled.length;) {
      const found = longestToken(spelled, at, { idOf, longest })
      if (found === undefined) throw unspeakable(text, String.fromCodePoint(spelled.codePointAt(at)!))
      labels.push(found.id)
      at += found.length
    }
    return labels
  }
}

interface TokenTable {
  readonly idOf: ReadonlyMap<string, number>
  /** Characters of the longest token. */
  readonly longest: number
}

function longestToken(
  text: string,
  at: number,
  { idOf, longest }: TokenTable
): { readonly id: number; readonly length: number } | undefined {
  for (let length = Math.min(longest, text.length - at); length > 0; length--) {
    const piece = text.slice(at, at + length)
    for (const cased of [piece, piece.toLowerCase(), piece.toUpperCase()]) {
      const id = idOf.get(cased)
      if (id !== undefined) return { id, length }
    }
  }
  return undefined
}

function unspeakable(text: string, character: string): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `The model has no token for '${character}' in '${text}'; write the transcript in the characters of the vocabulary.`,
    { details: { character } }
  )
}
