/**
 * Trains a model by a recipe: open, build the step, go on from the last checkpoint, train, store the weights that came out
 * as the same graph.
 */
import { WorkbenchError } from '@contract/errors'
import type { LossSettings, TrainingHead, TrainingRecipe } from '@contract/training'
import { decodeCheckpoint, encodeCheckpoint } from '../../adaptation/checkpoint'
import { train, trainingLength } from '../../adaptation/train'
import { parameterGroupOf, trainableParameters } from '../../adaptation/trainable-parameters'
import { withWeights } from '../../adaptation/trained-model'
import type { TrainingProgress } from '../../adaptation/training-progress'
import {
  buildTrainingStep,
  type ClassifierPorts,
  type CtcPorts,
  type TrainingStep
} from '../../adaptation/training-step'
import { canonicalJson } from '../../base/canonical-json'
import type { Clock } from '../../base/clock'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { elementCount } from '../../onnx/ir/tensor'
import { raiseOpset } from '../../onnx/passes/raise-opset'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { SpeechModelDescription, SpeechRecognizer } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import { timeAxis } from '../../speech/features/front-end'
import { findNormalizer } from '../../speech/text/normalizers'
import type { Release } from '../../workspace/claim'
import { sha256Text } from '../../workspace/files'
import { openWorkspace } from '../../workspace/workspace'
import type { TrainedModel, TrainParams } from '../protocol'
import type { TrainingContext } from '../serve'
import { openDataset } from './dataset'
import { openModel, requireDescription } from './open-model'
import { storeModel } from './store-model'
import { keepTrainingRecord } from './training-record'
import { openTrainingSet } from './training-set'
import { lossOf, trainingTarget } from './training-target'

/** Raised when the same recipe, model and data would give other weights. */
const trainingVersion = 2

/**
 * Trains to the end, or until it is cancelled; asked for again, it goes on where it was, or answers at once when it is
 * finished. The model has the weights that the development set likes best, without one the last.
 *
 * @throws WorkbenchError `unsupported-model` for a model that cannot be differentiated, `conflict` while
 * another process trains the same; otherwise as `train`.
 */
export async function trainModel(
  backend: InferenceBackend,
  clock: Clock,
  params: TrainParams,
  context: TrainingContext
): Promise<TrainedModel> {
  const { recipe } = params
  const begin = clock.nowMilliseconds()
  const opened = await openModel(params.modelPath)
  const description = requireDescription(opened)
  const loss = lossOf(description, recipe)
  const step = stepOf(opened.model, { description, loss }, recipe)
  const trainingId = identify(params, { modelHash: opened.modelHash, loss })
  const workspace = openWorkspace(params.workspaceFolder)
  let release: Release | undefined
  let recognizer: SpeechRecognizer | undefined
  try {
    release = workspace.checkpoints.claim(trainingId)
    recognizer = await openSpeechModel(
      backend,
      description,
      { kind: 'file', path: opened.file },
      { threads: recipe.threads, clock }
    )
    assertBatches(recognizer, recipe)
    const stored = await workspace.checkpoints.read(trainingId)
    const resume = stored === undefined ? undefined : decodeCheckpoint(stored.header, stored.arrays)
    const sets = await openSets({ params, description, recognizer, step }, context)
    const head: TrainingHead = {
      trainingId,
      ...headOf(params, opened.modelHash, loss),
      trainedParameters: trainedParameters(step),
      totalSteps: trainingLength(recipe, sets.data).totalSteps
    }
    const record = keepTrainingRecord(workspace, head)
    const known = resume?.curve ?? { steps: [], development: [] }
    if (resume?.ended === undefined) await record.keep(known)
    context.training({ kind: 'opened', head, curve: known })
    let runSeconds = 0
    const progress = await train({
      backend,
      clock,
      recipe,
      step,
      ...sets,
      resume,
      signal: context.signal,
      onEvent(event) {
        if (event.kind === 'step') {
          runSeconds += event.pace.runSeconds
          const { totalSteps, record } = event
          context.progress({ stage: 'train', completed: record.step, total: totalSteps, unit: 'steps' })
        }
        context.training(event)
      },
      async save(each) {
        const { header, arrays } = encodeCheckpoint(each)
        await workspace.checkpoints.write(trainingId, header, arrays)
        await record.keep(each.curve)
      },
      onParentHeard(completed, total) {
        context.progress({ stage: 'hear development set', completed, total, unit: 'utterances' })
      },
      breathe: () => context.breathe()
    })
    const trained = withWeights(opened.model, chosenWeights(progress, step))
    assertInvariants(trained)
    const { path, modelHash, sizeBytes } = await storeModel({ workspace, opened }, trained)
    const { curve } = progress
    const outcome = {
      ended: progress.ended ?? 'completed',
      chosenStep: progress.best?.record.step ?? progress.step,
      resumedFromStep: resume?.step ?? 0,
      totalSeconds: (clock.nowMilliseconds() - begin) / 1000,
      runSeconds,
      modelHash,
      sizeBytes
    }
    await record.end(curve, outcome)
    return { ...outcome, trainingId, curve, trainedParameters: head.trainedParameters, modelFile: path }
  } finally {
    await recognizer?.release()
    release?.()
    workspace.close()
  }
}

function stepOf(
  model: Model,
  { description, loss }: { readonly description: SpeechModelDescription; readonly loss: LossSettings },
  recipe: TrainingRecipe
): TrainingStep {
  const trainable = trainableParameters(model, recipe)
  // Only run: what comes out is the model as it was, with other weights.
  return buildTrainingStep(raiseOpset(model).model, {
    ...portsOf(description, loss),
    trainable,
    optimizer: recipe.optimizer,
    maxGradientNorm: recipe.maxGradientNorm,
    groups: parameterGroupOf(model, trainable, recipe.groups),
    accumulates: recipe.batches.perStep > 1,
    checkpointing: recipe.gradientCheckpointing
  })
}

/** `loss` fits the family, as `lossOf` has seen to. */
function portsOf(description: SpeechModelDescription, loss: LossSettings): CtcPorts | ClassifierPorts {
  const { inputName: input, outputName: logits, frontEnd } = description
  if (description.family === 'ctc-encoder') {
    return { input, timeAxis: timeAxis(frontEnd), logits, blank: description.vocabulary.blankId }
  }
  return { logits, labelSmoothing: loss.kind === 'cross-entropy' ? loss.labelSmoothing : 0 }
}

function headOf(
  params: TrainParams,
  parentModelHash: string,
  loss: LossSettings
): Omit<TrainingHead, 'trainingId' | 'trainedParameters' | 'totalSteps'> {
  const { recipe, modelPath, trainingPath, developmentPath, trainingHash, developmentHash } = params
  return {
    recipe: {
      ...recipe,
      loss,
      model: modelPath,
      trainingSet: trainingPath,
      ...(developmentPath === undefined ? {} : { developmentSet: developmentPath })
    },
    parentModelHash,
    trainingHash,
    developmentHash: developmentHash ?? null
  }
}

function trainedParameters({ parameters }: TrainingStep): number {
  return [...parameters.values()].reduce((sum, { dims }) => sum + elementCount(dims), 0)
}

/** What decides the weights; how a training is called, and how often it keeps a checkpoint, does not. */
function identify(
  { recipe, trainingHash, developmentHash }: TrainParams,
  { modelHash, loss }: { readonly modelHash: string; readonly loss: LossSettings }
): string {
  // CTC as it was written when there was no other: checkpoints of that time are still theirs.
  const deciding: Partial<Omit<TrainingRecipe, 'loss'>> & { loss: LossSettings | 'ctc' } = {
    ...recipe,
    loss: loss.kind === 'ctc' ? 'ctc' : loss
  }
  for (const key of [
    '$schema',
    'name',
    'description',
    'model',
    'trainingSet',
    'developmentSet',
    'checkpointEverySteps'
  ] as const) {
    delete deciding[key]
  }
  const identity = { trainingVersion, recipe: deciding, modelHash, trainingHash, developmentHash }
  return sha256Text(
    canonicalJson(JSON.parse(JSON.stringify(identity)) as Parameters<typeof canonicalJson>[0])
  )
}

/** A graph for one recording at a time can be trained all the same, several batches a step. */
function assertBatches({ batchObstacle }: SpeechRecognizer, { batches }: TrainingRecipe): void {
  if (batchObstacle === undefined || batches.mostRecordings === 1) return
  throw new WorkbenchError(
    'unsupported-model',
    `${batchObstacle.replace(/\.$/, '')}; set batches.mostRecordings to 1 and batches.perStep to the recordings of a step.`
  )
}

interface TrainingSets {
  readonly params: TrainParams
  readonly description: SpeechModelDescription
  readonly recognizer: SpeechRecognizer
  readonly step: TrainingStep
}

async function openSets({ params, description, recognizer, step }: TrainingSets, context: TrainingContext) {
  const { recipe, trainingPath, developmentPath } = params
  const target = trainingTarget(description, findNormalizer(recipe.normalizer))
  const open = async (path: string) =>
    openTrainingSet(
      {
        dataset: await openDataset(path),
        recognizer,
        target,
        resampleToHz: recipe.resample ? description.sampleRateHz : undefined,
        augmentation: recipe.augmentation,
        seed: recipe.seed,
        inputs: step.inputs
      },
      context
    )
  const data = await open(trainingPath)
  return { data, development: developmentPath === undefined ? undefined : await open(developmentPath) }
}

function chosenWeights({ best, values }: TrainingProgress, { parameters }: TrainingStep) {
  return best?.values ?? new Map([...values].filter(([name]) => parameters.has(name)))
}
