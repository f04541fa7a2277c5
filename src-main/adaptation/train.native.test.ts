/** The training loop in ONNX Runtime on a model that it can teach by heart within seconds. */
import { describe, expect, it } from 'vitest'
import { tinyModel } from '../../tests/helpers/tiny-speech-model'
import {
  tinyStep,
  tinyTraining,
  tinyTrainingData,
  tinyTrainingRecipe
} from '../../tests/helpers/tiny-training'
import type { Json } from '../base/canonical-json'
import { assertInvariants } from '../onnx/invariants'
import { float32Values } from '../onnx/ir/tensor'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint'
import { train } from './train'
import type { TrainingProgress } from './training-progress'
import { withWeights } from './trained-model'
import type { TrainingStep } from './training-step'

/** The bytes of all values, so that -0, NaN and the last bit count. */
function bytesOf({ values }: TrainingProgress): Record<string, string> {
  return Object.fromEntries(
    [...values].map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      Buffer.from(buffer, byteOffset, byteLength).toString('base64')
    ])
  )
}

/** As a checkpoint comes back from the disk. */
function stored(progress: TrainingProgress): TrainingProgress {
  const { header, arrays } = encodeCheckpoint(progress)
  return decodeCheckpoint(JSON.parse(JSON.stringify(header)) as Json, arrays)
}

const nodesOf = ({ step }: TrainingStep) => step.model.graph.nodes.length
const losses = ({ curve }: TrainingProgress) => curve.steps.map(({ loss }) => loss)

describe('training', () => {
  it('learns six recordings by heart: the loss falls to a tenth in 60 steps, the same way every time', async () => {
    const recipe = tinyTrainingRecipe({ steps: 60, learningRate: 0.01 })
    const first = await train(tinyTraining(recipe).options)
    const [begin, end] = [losses(first)[0]!, Math.max(...losses(first).slice(-5))]
    expect(begin).toBeGreaterThan(5)
    expect(end).toBeLessThan(begin / 10)
    expect(first).toMatchObject({ step: 60, ended: 'completed' })
    expect(bytesOf(await train(tinyTraining(recipe).options))).toEqual(bytesOf(first))
  })

  it.each([
    ['', false],
    [' with activations computed anew', true]
  ])('goes on after a checkpoint as if it had never stopped, to the last bit%s', async (_, isAnew) => {
    const changes = {
      gradientCheckpointing: isAnew,
      schedule: { kind: 'cosine', warmupSteps: 3 },
      batches: { audioSeconds: 1, mostRecordings: 2 }
    } as const
    const recipe = tinyTrainingRecipe(changes)
    const { options, log } = tinyTraining(recipe)
    const kept = tinyStep({ ...recipe, gradientCheckpointing: false })
    // Computed anew is a graph with copies of the forward pass.
    expect(nodesOf(options.step) > nodesOf(kept)).toBe(isAnew)
    const straight = await train(options)
    expect(log.saved.map(({ step }) => step)).toEqual([5, 10, 10])
    const resumed = await train(tinyTraining(recipe, { resume: stored(log.saved[0]!) }).options)
    expect(resumed.curve).toEqual(straight.curve)
    expect(bytesOf(resumed)).toEqual(bytesOf(straight))
    // What is finished is not trained again.
    const again = await train(tinyTraining(recipe, { resume: stored(straight) }).options)
    expect(again.curve).toEqual(straight.curve)
  })

  it('takes several batches a step as it would take all of them at once', async () => {
    const ofEven = (batches: Parameters<typeof tinyTrainingRecipe>[0]) => {
      // SGD, whose steps are proportional to gradients: Adam's first one would show their signs only.
      const recipe = tinyTrainingRecipe({ steps: 2, optimizer: { kind: 'sgd' }, ...batches })
      const { options } = tinyTraining(recipe)
      const data = tinyTrainingData(options.step, { count: 6, seed: 1, isEven: true })
      return train({ ...options, data })
    }
    const whole = await ofEven({ batches: { mostRecordings: 6 } })
    const parts = await ofEven({ batches: { mostRecordings: 4, perStep: 2 } })
    // float32 sums in another order, over some hundred terms.
    losses(parts).forEach((loss, step) => expect(loss / losses(whole)[step]!).toBeCloseTo(1, 5))
    const [one, other] = [whole, parts].map(({ values }) => values.get('head.weight')!)
    one!.forEach((value, index) => expect(Math.abs(value - other![index]!)).toBeLessThan(1e-6))
    expect(parts.curve.steps[0]!.gradientNorm / whole.curve.steps[0]!.gradientNorm).toBeCloseTo(1, 5)
  })

  it('trains only what the recipe names, into a model that differs in nothing else', async () => {
    const model = tinyModel('whisper-log-mel')
    const recipe = tinyTrainingRecipe({ steps: 3, trainable: ['/blocks.1/*', 'head*'] })
    const { values } = await train(tinyTraining(recipe).options)
    const weights = new Map([...values].filter(([name]) => model.graph.initializers.has(name)))
    const trained = withWeights(model, weights)
    assertInvariants(trained)
    expect(trained.graph.nodes).toBe(model.graph.nodes)
    const changed = [...trained.graph.initializers].filter(
      ([name, tensor]) => tensor !== model.graph.initializers.get(name)
    )
    expect(changed.map(([name]) => name)).toEqual([...weights.keys()].sort(byOrderIn(model)))
    const head = float32Values(trained.graph.initializers.get('head.weight')!)
    expect(head).not.toEqual(float32Values(model.graph.initializers.get('head.weight')!))
  })

  it('keeps the weights that the development set likes best, and stops when they stay so', async () => {
    // Another set of noise cannot be learned from this one: its loss rises once the first is known by heart.
    const recipe = tinyTrainingRecipe({
      steps: 200,
      learningRate: 0.01,
      developmentSet: 'dev.jsonl',
      evaluateEverySteps: 5,
      earlyStopping: { patience: 3 }
    })
    const { options, log } = tinyTraining(recipe)
    const development = tinyTrainingData(options.step, { count: 5, seed: 2 })
    const { ended, best, curve, step } = await train({ ...options, development })
    expect(ended).toBe('early-stopping')
    expect(step).toBeLessThan(200)
    const lowest = Math.min(...curve.development.map(({ loss }) => loss))
    expect(best?.record.loss).toBe(lowest)
    expect(step - best!.record.step).toBe(15)
    expect(best!.values.get('head.weight')).toBeDefined()
    expect(log.events.filter(({ kind }) => kind === 'development')).toHaveLength(1 + step / 5)
  })

  it('can choose by word errors, equal ones by the earlier step, and goes on the same after a checkpoint', async () => {
    // Developed on what it learns: the words become right while the loss still falls.
    const recipe = tinyTrainingRecipe({
      steps: 80,
      learningRate: 0.01,
      developmentSet: 'dev.jsonl',
      select: 'word-errors',
      evaluateEverySteps: 5,
      checkpointEverySteps: 30
    })
    const { options, log } = tinyTraining(recipe)
    const development = options.data
    const everything = await development.batch([0, 1, 2, 3, 4, 5], undefined)
    const counts = everything.feeds[options.step.inputs.labelCounts]!.data as BigInt64Array
    const words = counts.reduce((sum, count) => sum + Number(count), 0)
    const { best, curve, ...straight } = await train({ ...options, development })
    expect(curve.development.every(({ referenceWords }) => referenceWords === words)).toBe(true)
    const errors = curve.development.map(({ wordErrors }) => wordErrors)
    expect(errors[0]).toBeGreaterThan(0.5 * words)
    expect(Math.min(...errors)).toBe(0)
    expect(best?.record).toEqual(curve.development[errors.indexOf(0)])
    const lowestLoss = curve.development.reduce((least, each) => (each.loss < least.loss ? each : least))
    expect(best!.record.step).toBeLessThan(lowestLoss.step)
    const resume = stored(log.saved[0]!)
    const resumed = await train({ ...tinyTraining(recipe, { resume }).options, development })
    expect(resumed.best?.record).toEqual(best!.record)
    expect(resumed.best?.values).toEqual(best!.values)
    expect(resumed.curve).toEqual(curve)
    expect(bytesOf(resumed)).toEqual(bytesOf({ ...straight, best, curve }))
  })

  it('stops early by the measure that chooses', async () => {
    const recipe = tinyTrainingRecipe({
      steps: 200,
      learningRate: 0.01,
      developmentSet: 'dev.jsonl',
      select: 'word-errors',
      evaluateEverySteps: 5,
      earlyStopping: { patience: 2 }
    })
    const { options } = tinyTraining(recipe)
    const { best, ended, step } = await train({ ...options, development: options.data })
    // No error is left, so none can be fewer, though the loss falls for long after.
    expect(best?.record.wordErrors).toBe(0)
    expect(ended).toBe('early-stopping')
    expect(step - best!.record.step).toBe(10)
  })

  it('stops at a loss that is not finite, with the checkpoint of before', async () => {
    const recipe = tinyTrainingRecipe({ steps: 50, checkpointEverySteps: 2, maxGradientNorm: 1e30 })
    const { options, log } = tinyTraining(recipe)
    const spoilt = {
      ...options.data,
      async batch(numbers: readonly number[], epoch: number | undefined) {
        const batch = await options.data.batch(numbers, epoch)
        const input = batch.feeds.input_features!
        if (log.events.filter(({ kind }) => kind === 'step').length < 5) return batch
        return {
          ...batch,
          feeds: {
            ...batch.feeds,
            input_features: { ...input, data: new Float32Array(input.data.length).fill(NaN) } as typeof input
          }
        }
      }
    }
    await expect(train({ ...options, data: spoilt })).rejects.toMatchObject({
      code: 'numerical',
      details: { step: 6, savedStep: 4 }
    })
    const { values } = log.saved.at(-1)!
    expect([...values.values()].every((array) => array.every(Number.isFinite))).toBe(true)
  })

  it('keeps a checkpoint when it is cancelled', async () => {
    const { options, log } = tinyTraining(tinyTrainingRecipe())
    const signal = { aborted: false }
    const cancelling = train({
      ...options,
      signal,
      breathe: () => {
        signal.aborted = log.events.some((event) => event.kind === 'step' && event.record.step === 3)
        return Promise.resolve()
      }
    })
    await expect(cancelling).rejects.toMatchObject({ code: 'cancelled' })
    expect(log.saved.map(({ step }) => step)).toEqual([3])
  })
})

function byOrderIn({ graph }: ReturnType<typeof tinyModel>) {
  const order = [...graph.initializers.keys()]
  return (a: string, b: string) => order.indexOf(a) - order.indexOf(b)
}
