/** What a recording should be heard as: the labels that the loss compares, and the words that are counted. */
import { WorkbenchError } from '@contract/errors'
import type { LossSettings, TrainingRecipe } from '@contract/training'
import type { WordErrorTally } from '../../adaptation/training-data'
import { wordErrorCount } from '../../evaluation/error-count'
import { alignWords, splitWords } from '../../evaluation/word-errors'
import type { Utterance } from '../../speech/datasets/utterance'
import type { Interpretation, SpeechModelDescription } from '../../speech/families/family'
import { createCtcLabels } from '../../speech/text/ctc-labels'
import type { CtcVocabulary } from '../../speech/text/ctc-vocabulary'
import type { TextNormalizer } from '../../speech/text/normalizers'

export interface TrainingTarget {
  /** @throws WorkbenchError `invalid-input` for what the model cannot say. */
  labels(utterance: Utterance): number[]
  /** Counted as `scoreUtterance` counts, after the normalizer; a wrong label is one wrong word of one. */
  count(utterance: Utterance, heard: Interpretation): WordErrorTally
}

/** The target of a model's family. */
export function trainingTarget(
  description: SpeechModelDescription,
  normalizer: TextNormalizer
): TrainingTarget {
  return description.family === 'ctc-encoder'
    ? textTarget(description.vocabulary, normalizer)
    : labelTarget(description.labels, normalizer)
}

/**
 * The loss by which a model is trained: the recipe's, or that of the model's family.
 *
 * @throws WorkbenchError `invalid-input` for a loss that does not fit the family, `unsupported-model` for a classifier that
 *   gives probabilities, which leave no logits to compare.
 */
export function lossOf(
  description: SpeechModelDescription,
  { loss }: Pick<TrainingRecipe, 'loss'>
): LossSettings {
  const { name, family } = description
  if (family === 'audio-classifier' && description.scores === 'probabilities') {
    throw new WorkbenchError(
      'unsupported-model',
      `'${name}' gives probabilities; training needs a classifier that ends with its logits: export it without its softmax.`
    )
  }
  const usual: LossSettings =
    family === 'ctc-encoder' ? { kind: 'ctc' } : { kind: 'cross-entropy', labelSmoothing: 0 }
  if (loss === undefined || loss.kind === usual.kind) return loss ?? usual
  throw new WorkbenchError(
    'invalid-input',
    `The loss ${loss.kind} does not fit '${name}', which is of the family ${family}: give ${usual.kind}, or leave the loss out.`
  )
}

function textTarget(vocabulary: CtcVocabulary, normalizer: TextNormalizer): TrainingTarget {
  const spell = createCtcLabels(vocabulary)
  return {
    labels: ({ text }) => spell(text),
    count({ text }, heard) {
      const said = heard.kind === 'text' ? heard.text : heard.label
      const [reference, hypothesis] = [text, said].map((each) => splitWords(normalizer.normalize(each)))
      const { errors, total } = wordErrorCount(alignWords(reference!, hypothesis!))
      return { wordErrors: errors, referenceWords: total }
    }
  }
}

/** Labels are compared after the normalizer on both sides, so that `Yes` in a folder's name finds `yes` of the model. */
function labelTarget(labels: readonly string[], normalizer: TextNormalizer): TrainingTarget {
  const classes = new Map(labels.map((label, place) => [normalizer.normalize(label), place]))
  const meant = ({ label, text }: Utterance) => normalizer.normalize(label ?? text)
  return {
    labels(utterance) {
      const place = classes.get(meant(utterance))
      if (place !== undefined) return [place]
      throw new WorkbenchError(
        'invalid-input',
        `The model has no label '${utterance.label ?? utterance.text}', only ${labels.join(', ')}; leave the recording out or give its label.`
      )
    },
    count(utterance, heard) {
      const said = normalizer.normalize(heard.kind === 'label' ? heard.label : heard.text)
      return { wordErrors: said === meant(utterance) ? 0 : 1, referenceWords: 1 }
    }
  }
}
