/** A training small enough for a test: the tiny CTC model and seeded features that it can learn by heart. */
import { trainingRecipeSchema, type TrainingEvent, type TrainingRecipe } from '@contract/training'
import type { z } from 'zod'
import { parameterGroupOf, trainableParameters } from '../../src-main/adaptation/trainable-parameters'
import type { TrainOptions } from '../../src-main/adaptation/train'
import { int64Vector, labelFeeds, type TrainingData } from '../../src-main/adaptation/training-data'
import type { TrainingProgress } from '../../src-main/adaptation/training-progress'
import { buildTrainingStep, type TrainingStep } from '../../src-main/adaptation/training-step'
import { createPrng } from '../../src-main/base/prng'
import type { Model } from '../../src-main/onnx/ir/model'
import { alignWords } from '../../src-main/evaluation/word-errors'
import { wordErrorCount } from '../../src-main/evaluation/error-count'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import { ctcGreedy } from '../../src-main/speech/decode/ctc-greedy'
import { outputOfRecording } from '../../src-main/speech/families/model-runner'
import { tinyModel, tinySizes } from './tiny-speech-model'

export function tinyTrainingRecipe(
  changes: Partial<z.input<typeof trainingRecipeSchema>> = {}
): TrainingRecipe {
  return trainingRecipeSchema.parse({
    trainingVersion: 1,
    name: 'tiny training',
    model: 'model',
    trainingSet: 'train.jsonl',
    trainable: ['*'],
    learningRate: 0.003,
    steps: 10,
    batches: { audioSeconds: 4, mostRecordings: 4 },
    checkpointEverySteps: 5,
    evaluateEverySteps: 5,
    threads: 1,
    ...changes
  })
}

export function tinyStep(recipe: TrainingRecipe, model: Model = tinyModel('whisper-log-mel')): TrainingStep {
  const trainable = trainableParameters(model, recipe)
  return buildTrainingStep(model, {
    input: 'input_features',
    timeAxis: 2,
    logits: 'logits',
    blank: 0,
    trainable,
    groups: parameterGroupOf(model, trainable, recipe.groups),
    optimizer: recipe.optimizer,
    maxGradientNorm: recipe.maxGradientNorm,
    accumulates: recipe.batches.perStep > 1,
    checkpointing: recipe.gradientCheckpointing
  })
}

/** Recordings of 40 to 60 frames of noise (`isEven`: 50), each with a few labels; 100 frames are a second. */
export function tinyTrainingData(
  { inputs }: TrainingStep,
  {
    count,
    seed,
    isEven = false
  }: { readonly count: number; readonly seed: number; readonly isEven?: boolean }
): TrainingData {
  const prng = createPrng(seed)
  const { melBins } = tinySizes
  const recordings = Array.from({ length: count }, () => {
    const frames = isEven ? 50 : 40 + 2 * prng.integer(11)
    return {
      frames,
      audioSeconds: frames / 100,
      features: Float32Array.from({ length: melBins * frames }, () => prng.normal()),
      labels: Array.from({ length: 3 + prng.integer(3) }, () => 1 + prng.integer(5))
    }
  })
  return {
    recordings,
    batch(numbers) {
      const chosen = numbers.map((number) => recordings[number]!)
      const frames = Math.max(...chosen.map((each) => each.frames))
      const data = new Float32Array(chosen.length * melBins * frames)
      chosen.forEach((each, row) => {
        for (let bin = 0; bin < melBins; bin++) {
          const values = each.features.subarray(bin * each.frames, (bin + 1) * each.frames)
          data.set(values, (row * melBins + bin) * frames)
        }
      })
      return Promise.resolve({
        feeds: {
          input_features: { dataType: 'float32', dims: [chosen.length, melBins, frames], data },
          [inputs.validFrames]: int64Vector(chosen.map((each) => each.frames)),
          ...labelFeeds(
            chosen.map(({ labels }) => labels),
            inputs
          )
        },
        recordings: chosen.length,
        audioSeconds: chosen.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0),
        // Every label is a word.
        countWordErrors(logits) {
          if (logits.dataType !== 'float32') throw new TypeError('Expected float32 logits.')
          const counts = chosen.map(({ frames: own, labels }, row) => {
            const { data: values, dims } = outputOfRecording(logits, row, own / frames)
            const heard = ctcGreedy({ logits: values, frames: dims[1]!, classes: dims[2]! }, 0)
            return wordErrorCount(alignWords(labels.map(String), heard.map(String)))
          })
          return {
            wordErrors: counts.reduce((sum, { errors }) => sum + errors, 0),
            referenceWords: counts.reduce((sum, { total }) => sum + total, 0)
          }
        }
      })
    }
  }
}

/** Everything that a training tells and keeps. */
export interface TrainingLog {
  readonly events: TrainingEvent[]
  readonly saved: TrainingProgress[]
}

export function tinyTraining(
  recipe: TrainingRecipe,
  changes: Partial<TrainOptions> = {}
): { readonly options: TrainOptions; readonly log: TrainingLog } {
  const step = tinyStep(recipe)
  const log: TrainingLog = { events: [], saved: [] }
  const options: TrainOptions = {
    backend: createOrtBackend(),
    clock: { nowMilliseconds: () => performance.now() },
    recipe,
    step,
    data: tinyTrainingData(step, { count: 6, seed: 1 }),
    development: undefined,
    resume: undefined,
    signal: { aborted: false },
    onEvent: (event) => log.events.push(event),
    save: (progress) => {
      log.saved.push(progress)
      return Promise.resolve()
    },
    breathe: () => Promise.resolve(),
    ...changes
  }
  return { options, log }
}
