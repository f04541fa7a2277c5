/** What a trained model carries to explain itself: a card for people, the curve and the recipe for tools. */
import { formatBytes, formatCount, formatPercent } from '@contract/display-numbers'
import {
  developmentErrorRate,
  type DevelopmentRecord,
  type TrainingCurve,
  type TrainingRecipe
} from '@contract/training'
import type { TrainedModel } from '../../engine/protocol'
import { latheVersion } from '../../base/lathe-version'
import { cardFileName } from './export-documents'

export interface TrainingReport {
  readonly recipe: TrainingRecipe
  readonly trained: TrainedModel
  readonly parentModelHash: string
  readonly trainingHash: string
  readonly developmentHash: string | undefined
}

/** Text files to put beside the model, by name. */
export function trainingDocuments(report: TrainingReport): Record<string, string> {
  const { recipe, trained, parentModelHash, trainingHash, developmentHash } = report
  const { curve, modelFile: _file, ...summary } = trained
  const record = {
    lathe: latheVersion,
    parentModelHash,
    trainingHash,
    developmentHash,
    recipe,
    ...summary,
    curve
  }
  return {
    [cardFileName]: trainingCard(report),
    'training-curve.json': `${JSON.stringify(record, null, 2)}\n`,
    'training-curve.csv': curveCsv(curve)
  }
}

/** One row per step; what the development set said stands in the rows of the steps after which it was asked. */
export function curveCsv({ steps, development }: TrainingCurve): string {
  const heard = new Map(development.map((record) => [record.step, developmentCells(record)]))
  const rows = steps.map(({ step, epoch, loss, gradientNorm, learningRate, audioSeconds }) =>
    [step, epoch, loss, gradientNorm, learningRate, audioSeconds, heard.get(step) ?? ',,'].join(',')
  )
  const head =
    'step,epoch,loss,gradient_norm,learning_rate,audio_seconds,development_loss,development_word_errors,development_words'
  // The model as it was has no step.
  const parent = heard.get(0)
  const before = parent === undefined ? [] : [`0,,,,,,${parent}`]
  return `${[head, ...before, ...rows].join('\n')}\n`
}

function developmentCells({ loss, wordErrors, referenceWords }: DevelopmentRecord): string {
  return [loss, wordErrors, referenceWords].join(',')
}

/** `0.8412, word errors 12 of 1227 (0.98 %)`: the same words on the card and in the terminal. */
export function developmentText(record: DevelopmentRecord): string {
  const { loss, wordErrors, referenceWords } = record
  return `${loss.toFixed(4)}, word errors ${wordErrors} of ${referenceWords} (${formatPercent(developmentErrorRate(record))})`
}

function trainingCard({ recipe, trained, parentModelHash, trainingHash }: TrainingReport): string {
  const { curve, chosenStep, trainedParameters, sizeBytes, ended } = trained
  const [first, last] = [curve.steps[0], curve.steps.at(-1)]
  const chosen = curve.development.find(({ step }) => step === chosenStep)
  return `${[
    `# ${recipe.name}`,
    '',
    `Trained by Lathe ${latheVersion}. Runs in stock ONNX Runtime; the graph is the parent's, with other weights.`,
    '',
    `- Size: ${formatBytes(sizeBytes)}; ${formatCount(trainedParameters)} parameters were trained`,
    `- Parent model: ${parentModelHash}`,
    `- Training set: ${trainingHash}`,
    `- Steps: ${curve.steps.length}, ${ended === 'completed' ? 'to the end of the recipe' : 'until the development set no longer improved'}; weights of step ${chosenStep}`,
    ...(first === undefined || last === undefined
      ? []
      : [
          `- Training loss: ${first.loss.toFixed(4)} at step 1, ${last.loss.toFixed(4)} at step ${last.step}`
        ]),
    ...(chosen === undefined ? [] : [`- Development loss of these weights: ${developmentText(chosen)}`]),
    `- Seed: ${recipe.seed}; threads: ${recipe.threads}`,
    '',
    'The recipe and every step are in `training-curve.json`. Measure errors on a set that chose nothing: `lathe evaluate`.'
  ].join('\n')}\n`
}
