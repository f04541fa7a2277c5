/** What a trained model carries to explain itself: a card for people, the curve and the recipe for tools. */
import { formatBytes, formatCount } from '@contract/display-numbers'
import type { TrainingCurve, TrainingRecipe } from '@contract/training'
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

/** One row per step; the development loss stands in the rows of the steps after which it was measured. */
export function curveCsv({ steps, development }: TrainingCurve): string {
  const developmentLoss = new Map(development.map(({ step, loss }) => [step, loss]))
  const rows = steps.map(({ step, epoch, loss, gradientNorm, learningRate, audioSeconds }) =>
    [step, epoch, loss, gradientNorm, learningRate, audioSeconds, developmentLoss.get(step) ?? ''].join(',')
  )
  const head = 'step,epoch,loss,gradient_norm,learning_rate,audio_seconds,development_loss'
  // The model as it was has a development loss, but no step.
  const parent = developmentLoss.get(0)
  const before = parent === undefined ? [] : [`0,,,,,,${parent}`]
  return `${[head, ...before, ...rows].join('\n')}\n`
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
    ...(chosen === undefined ? [] : [`- Development loss of these weights: ${chosen.loss.toFixed(4)}`]),
    `- Seed: ${recipe.seed}; threads: ${recipe.threads}`,
    '',
    'The recipe and every step are in `training-curve.json`; errors are not measured here: `lathe evaluate`.'
  ].join('\n')}\n`
}
