/** A classifier trained as a user trains it: cross-entropy, wrong labels, over real recordings and the engine's jobs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { evaluationSettingsSchema } from '@contract/recipe'
import type { TrainingEvent } from '@contract/training'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { linearClassifierModel } from '../../tests/helpers/tiny-recognizers'
import { encodeWav } from '../../tests/helpers/wav-file'
import { createPrng } from '../base/prng'
import { encodeModel } from '../onnx/serde/encode-model'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createServices } from './services'

const folder = useTemporaryFolder()
const services = createServices(createInProcessLauncher(createOrtBackend()), 'resources')
const samples = 320
const labels = ['low', 'middle', 'high']

/** Tones of a height per label, in noise; each clip is a folder's file. */
function writeClips(name: string, clips: number, seed: number): void {
  const prng = createPrng(seed)
  labels.forEach((label, place) => {
    mkdirSync(join(folder(), name, label), { recursive: true })
    for (let clip = 0; clip < clips; clip++) {
      const hertz = 200 * (place + 1)
      const sound = Float32Array.from(
        { length: samples },
        (_, t) => 0.2 * Math.sin((2 * Math.PI * hertz * t) / 16000) + 0.3 * prng.normal()
      )
      writeFileSync(join(folder(), name, label, `${clip}.wav`), encodeWav(sound, 16000))
    }
  })
}

function writeRecipe(changes: Record<string, unknown> = {}, batch: number | string = 'batch'): string {
  mkdirSync(join(folder(), 'model'), { recursive: true })
  const model = encodeModel(linearClassifierModel(samples, labels.length, batch))
  writeFileSync(join(folder(), 'model', 'model.onnx'), model)
  writeFileSync(join(folder(), 'model', 'labels.txt'), labels.join('\n'))
  writeClips('train', 8, 1)
  writeClips('dev', 8, 2)
  const recipe = {
    trainingVersion: 1,
    name: 'tones',
    model: 'model',
    trainingSet: 'train',
    developmentSet: 'dev',
    select: 'word-errors',
    loss: { kind: 'cross-entropy', labelSmoothing: 0.1 },
    trainable: ['head/*'],
    learningRate: 0.03,
    steps: 20,
    batches: { mostRecordings: 24 },
    evaluateEverySteps: 5,
    threads: 1,
    ...changes
  }
  const path = join(folder(), 'recipe.json')
  writeFileSync(path, JSON.stringify(recipe))
  return path
}

interface Run {
  readonly signal?: AbortSignal
  readonly onTraining?: (event: TrainingEvent) => void
}

async function train(workspace: string, recipePath: string, { signal, onTraining }: Run = {}) {
  const request = {
    recipePath,
    workspaceFolder: join(folder(), workspace),
    outputFolder: join(folder(), `${workspace}-model`)
  }
  const { trained } = await services.train(
    { ...request, ...(onTraining === undefined ? {} : { onTraining }) },
    signal === undefined ? {} : { signal }
  )
  return trained
}

it('learns labels by cross-entropy; wrong labels are those of an evaluation', async () => {
  const { curve, chosenStep } = await train('w', writeRecipe())
  // All clips in one batch, logits 0.1, 0.2 and 0.3: -Σ t·log softmax with t = 0.9·onehot + 0.1/3, mean over the labels.
  const logits = [0.1, 0.2, 0.3]
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0))
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / 3
  expect(curve.steps[0]!.loss).toBeCloseTo(total - mean, 5)
  const [parent] = curve.development
  // It says one label to everything.
  expect(parent).toMatchObject({ step: 0, wordErrors: 16, referenceWords: 24 })
  const chosen = curve.development.find(({ step }) => step === chosenStep)!
  expect(chosen.wordErrors).toBeLessThan(6)
  const { measurement } = await services.evaluate({
    modelPath: join(folder(), 'w-model'),
    datasetPath: join(folder(), 'dev'),
    settings: evaluationSettingsSchema.parse({})
  })
  expect(measurement).toMatchObject({ utterances: 24, correct: 24 - chosen.wordErrors })
})

it('of one clip at a time takes several a step, and goes on where it was stopped to the last bit', async () => {
  await expect(train('w', writeRecipe({}, 1))).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(/batches.mostRecordings to 1/) as string
  })
  const path = writeRecipe({ batches: { mostRecordings: 1, perStep: 6 }, steps: 8 }, 1)
  const straight = await train('straight', path)
  const stop = new AbortController()
  const stopped = train('stopped', path, {
    signal: stop.signal,
    onTraining: (event) => {
      if (event.kind === 'step' && event.record.step === 3) stop.abort()
    }
  })
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
  const resumed = await train('stopped', path)
  expect(resumed.resumedFromStep).toBeGreaterThan(0)
  expect(resumed.curve).toEqual(straight.curve)
  expect(resumed.modelHash).toBe(straight.modelHash)
})

it('is the same training whether the usual loss is named or not, and another with another smoothing', async () => {
  const short = { steps: 2, developmentSet: undefined, select: 'loss' }
  const unnamed = await train('w', writeRecipe({ ...short, loss: undefined }))
  const named = await train('x', writeRecipe({ ...short, loss: { kind: 'cross-entropy' } }))
  const smooth = await train('y', writeRecipe(short))
  expect(named.trainingId).toBe(unnamed.trainingId)
  expect(smooth.trainingId).not.toBe(unnamed.trainingId)
})

it.each([
  ['CTC', { loss: { kind: 'ctc' } }, /ctc does not fit 'model'/],
  [
    'the whole target spread',
    { loss: { kind: 'cross-entropy', labelSmoothing: 1 } },
    /'loss\.labelSmoothing'/
  ]
])('refuses %s', async (_, changes, message) => {
  await expect(train('w', writeRecipe(changes))).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(message) as string
  })
})
