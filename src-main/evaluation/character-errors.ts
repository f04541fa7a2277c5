import type { CharacterErrors } from '@contract/trial'
import { alignWords } from './word-errors'

/** No utterances yet: the neutral element of `addCharacterErrors`. */
export const noCharacterErrors: CharacterErrors = {
  substitutions: 0,
  deletions: 0,
  insertions: 0,
  referenceCharacters: 0
}

/**
 * The character errors of a hypothesis: the word aligner over Unicode code points.
 *
 * White space at both ends is stripped; inside, every space counts as a character, the second of two as well.
 * Combining marks are characters of their own, so both texts should be in the same Unicode normal form.
 *
 * Source: jiwer 4.0, `cer` with its default transform (strip, list of characters); docs/numerics.md#word-errors.
 */
export function characterErrors(reference: string, hypothesis: string): CharacterErrors {
  const { substitutions, deletions, insertions, referenceWords } = alignWords(
    Array.from(reference.trim()),
    Array.from(hypothesis.trim())
  )
  return { substitutions, deletions, insertions, referenceCharacters: referenceWords }
}

/** The errors of two parts of a corpus together: member by member sums. */
export function addCharacterErrors(a: CharacterErrors, b: CharacterErrors): CharacterErrors {
  return {
    substitutions: a.substitutions + b.substitutions,
    deletions: a.deletions + b.deletions,
    insertions: a.insertions + b.insertions,
    referenceCharacters: a.referenceCharacters + b.referenceCharacters
  }
}

/** (substitutions + deletions + insertions) ÷ reference characters; the rules of `wordErrorRate` for empty references. */
export function characterErrorRate(errors: CharacterErrors): number {
  const edits = errors.substitutions + errors.deletions + errors.insertions
  return edits / Math.max(1, errors.referenceCharacters)
}
