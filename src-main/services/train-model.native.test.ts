/** A training as a user runs it, over real recordings, the engine's jobs and a workspace, in this process. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluationSettingsSchema } from '@contract/recipe'
import { developmentErrorRate, type TrainingEvent } from '@contract/training'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeTinyData } from '../../tests/helpers/tiny-speech-data'
import { writeTinyModel, type TinyFrontEnd } from '../../tests/helpers/tiny-speech-model'
import { decodeModel } from '../onnx/serde/decode-model'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { createServices } from './services'
import type { TrainResult } from './train-model'

const folder = useTemporaryFolder()
const services = createServices(createInProcessLauncher(createOrtBackend()), 'resources')

const recipe = {
  trainingVersion: 1,
  name: 'tiny training',
  model: 'model',
  trainingSet: 'train.jsonl',
  developmentSet: 'dev.jsonl',
  trainable: ['/blocks.1/*', '/final_norm*', 'head*'],
  groups: [{ name: 'head', parameters: ['head*'], learningRate: 0.02 }],
  learningRate: 0.005,
  schedule: { kind: 'cosine', warmupSteps: 2 },
  epochs: 4,
  batches: { audioSeconds: 3, perStep: 2 },
  augmentation: { specAugment: { timeFrames: 10 }, noise: { probability: 0.5 }, speeds: [0.9, 1, 1.1] },
  evaluateEverySteps: 2,
  checkpointEverySteps: 3,
  threads: 1
}

function writeTraining(
  changes: Record<string, unknown> = {},
  frontEnd: TinyFrontEnd = 'whisper-log-mel'
): string {
  writeTinyModel(join(folder(), 'model'), frontEnd)
  writeTinyData(join(folder(), 'train.jsonl'), { utterances: 8, seed: 1 })
  writeTinyData(join(folder(), 'dev.jsonl'), { utterances: 3, seed: 2 })
  const path = join(folder(), 'recipe.json')
  writeFileSync(path, JSON.stringify({ ...recipe, ...changes }))
  return path
}

interface Run {
  readonly workspace: string
  readonly output?: string
  readonly signal?: AbortSignal
  readonly onTraining?: (event: TrainingEvent) => void
}

function train(recipePath: string, { workspace, output, signal, onTraining }: Run): Promise<TrainResult> {
  return services.train(
    {
      recipePath,
      workspaceFolder: join(folder(), workspace),
      outputFolder: output === undefined ? undefined : join(folder(), output),
      ...(onTraining === undefined ? {} : { onTraining })
    },
    signal === undefined ? {} : { signal }
  )
}

describe('lathe train', () => {
  it('writes the parent graph with other weights, its card and its curve', async () => {
    const path = writeTraining()
    const { trained, exported } = await train(path, { workspace: 'w', output: 'tuned' })
    const [parent, tuned] = ['model', 'tuned'].map((name) =>
      decodeModel(new Uint8Array(readFileSync(join(folder(), name, 'model.onnx'))))
    )
    expect(tuned!.graph.nodes).toEqual(parent!.graph.nodes)
    const changed = [...tuned!.graph.initializers.keys()].filter(
      (name) =>
        JSON.stringify(tuned!.graph.initializers.get(name)) !==
        JSON.stringify(parent!.graph.initializers.get(name))
    )
    expect(changed.length).toBeGreaterThan(10)
    expect(changed.every((name) => /^(\/blocks\.1|\/final_norm|head)/.test(name))).toBe(true)
    expect(exported?.files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lathe-card.md', 'training-curve.csv', 'training-curve.json', 'vocab.json'])
    )
    const { curve } = JSON.parse(
      readFileSync(join(folder(), 'tuned', 'training-curve.json'), 'utf8')
    ) as TrainResult['trained']
    expect(curve).toEqual(trained.curve)
    const csv = readFileSync(join(folder(), 'tuned', 'training-curve.csv'), 'utf8')
      .trim()
      .split('\n')
    // The head, and the development loss of the model as it was.
    expect(csv).toHaveLength(2 + curve.steps.length)
    expect(trained.chosenStep).toBe(
      curve.development.reduce((best, each) => (each.loss < best.loss ? each : best)).step
    )
  })

  it('goes on where it was cancelled and ends with the very same model; finished, it is not done again', async () => {
    const path = writeTraining()
    const straight = await train(path, { workspace: 'straight' })
    const stop = new AbortController()
    const stopped = train(path, {
      workspace: 'resumed',
      signal: stop.signal,
      onTraining: (event) => {
        if (event.kind === 'step' && event.record.step === 4) stop.abort()
      }
    })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    const resumed = await train(path, { workspace: 'resumed' })
    expect(resumed.trained.resumedFromStep).toBeGreaterThanOrEqual(3)
    expect(resumed.trained.curve).toEqual(straight.trained.curve)
    expect(resumed.trained.modelHash).toBe(straight.trained.modelHash)
    // Another name or another checkpoint interval is the same training.
    const renamed = writeTraining({ name: 'renamed', checkpointEverySteps: 50 })
    const again = await train(renamed, { workspace: 'resumed' })
    expect(again.trained.resumedFromStep).toBe(straight.trained.curve.steps.length)
    expect(again.trained.modelHash).toBe(straight.trained.modelHash)
    const reseeded = writeTraining({ seed: 2 })
    const other = await train(reseeded, { workspace: 'resumed' })
    expect(other.trained.trainingId).not.toBe(straight.trained.trainingId)
    expect(other.trained.modelHash).not.toBe(straight.trained.modelHash)
  })

  it('counts the word errors that evaluation counts', async () => {
    // One recording a batch, as evaluation hears them: padding changes what this model says.
    const path = writeTraining({ batches: { mostRecordings: 1, perStep: 4 }, normalizer: 'basic' })
    const { trained } = await train(path, { workspace: 'w', output: 'tuned' })
    const settings = evaluationSettingsSchema.parse({ normalizer: 'basic' })
    const [development, modelPath] = ['dev.jsonl', 'tuned'].map((name) => join(folder(), name))
    const { measurement } = await services.evaluate({
      modelPath: modelPath!,
      datasetPath: development!,
      settings
    })
    const chosen = trained.curve.development.find(({ step }) => step === trained.chosenStep)!
    expect(chosen.wordErrors).toBeGreaterThan(0)
    expect(measurement.wordErrorRate).toBe(developmentErrorRate(chosen))
  })

  it('trains a model that hears the waveform', async () => {
    const path = writeTraining({ augmentation: {}, epochs: 1 }, 'raw-waveform')
    const { trained } = await train(path, { workspace: 'w' })
    expect(trained.curve.steps.every(({ loss }) => Number.isFinite(loss) && loss > 0)).toBe(true)
  })

  it('refuses to mask frequencies of a waveform', async () => {
    const path = writeTraining({ augmentation: { specAugment: {} } }, 'raw-waveform')
    await expect(train(path, { workspace: 'w' })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/no frequency bins/) as string
    })
  })

  it.each([
    ['a misspelt member', { learningRat: 1 }, /learningRat/],
    ['neither steps nor epochs', { epochs: undefined }, /either steps or epochs/],
    ['a pattern that means nothing', { trainable: ['/blocks.7/*'] }, /'\/blocks\.7\/\*'/],
    [
      'word errors without words',
      { select: 'word-errors', developmentSet: undefined },
      /needs a developmentSet/
    ],
    ['sets that share recordings', { developmentSet: 'train.jsonl' }, /share 8 of 8/]
  ])('refuses %s, saying so', async (_, changes, message) => {
    const path = writeTraining(changes)
    await expect(train(path, { workspace: 'w' })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message) as string
    })
  })
})
