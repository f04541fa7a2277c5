import type { TrainingRecipe } from '@contract/training'
import type { training } from '../../text/en/training'

type Words = typeof training
type ErrorWords = Pick<Words, 'errorRate' | 'wordErrors' | 'words' | 'latestErrorRate' | 'errorsOfWords'>

/** What errors of the development set are called: words, or the labels of a classifier. */
export function errorWords(words: Words, { loss }: Pick<TrainingRecipe, 'loss'>): ErrorWords {
  return loss?.kind === 'cross-entropy' ? words.labelErrors : words
}
