/** Gradients of whole models along random directions against central differences. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { floatTensor, numbers } from '../../tests/helpers/check-gradient'
import { randomFeed } from '../../tests/helpers/linear-models'
import { runModel } from '../../tests/helpers/run-model'
import { blockWeights, modelSize, transformerBlock } from '../../tests/helpers/transformer-block'
import { createPrng } from '../base/prng'
import { assertInvariants } from '../onnx/invariants'
import { intAttribute } from '../onnx/ir/attribute'
import type { Model } from '../onnx/ir/model'
import { elementCount, float32Values } from '../onnx/ir/tensor'
import { decodeModel } from '../onnx/serde/decode-model'
import { encodeModel } from '../onnx/serde/encode-model'
import type { RuntimeTensor } from '../runtime/inference-backend'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { differentiate } from './differentiate'
import { GraphWriter } from './graph-writer'
import { parametersToInputs } from './parameters-to-inputs'

function draw(seed: number, count: number, scale = 1): number[] {
  const prng = createPrng(seed)
  return Array.from({ length: count }, () => scale * prng.normal())
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

describe('a transformer block in float64', () => {
  it('has the directional derivatives that differences have, for each weight and the input', async () => {
    const model = transformerBlock()
    const shapes = { ...blockWeights, x: [2, 5, modelSize] }
    const feeds: Record<string, RuntimeTensor> = {}
    Object.entries(shapes).forEach(([name, dims], index) => {
      feeds[name] = floatTensor('float64', dims, draw(index, elementCount(dims), 0.5))
    })
    const { model: step, gradients } = differentiate(model, { loss: 'loss', wrt: Object.keys(shapes) })
    assertInvariants(step)
    const found = await runModel(step, feeds)
    const loss = async (name: string, values: readonly number[]) => {
      const changed = { ...feeds, [name]: floatTensor('float64', feeds[name]!.dims, values) }
      return numbers((await runModel(model, changed))['loss']!)[0]!
    }
    const h = 1e-5
    for (const name of Object.keys(shapes)) {
      const [values, gradient] = [numbers(feeds[name]!), numbers(found[gradients.get(name)!]!)]
      const direction = draw(99, values.length)
      const moved = (by: number) => values.map((value, index) => value + by * direction[index]!)
      const difference = ((await loss(name, moved(h))) - (await loss(name, moved(-h)))) / (2 * h)
      // h² of curvature against 1e-16 / h of rounding: about 1e-10 for a loss of order 1.
      expect(Math.abs(dot(gradient, direction) - difference), name).toBeLessThan(
        1e-7 * (1 + Math.abs(difference))
      )
    }
  })
})

const realFolder = resolve(import.meta.dirname, '../../../shared/real')

/** Of each model: its output, an input of moderate size, and the share by which steps should change the loss. */
const realModels = [
  {
    folder: 'whisper-tiny-ctc',
    output: 'logits',
    feeds: { input_features: randomFeed([2, 80, 60], 5) },
    ranks: [1, 2, 3],
    change: 0.02
  },
  {
    folder: 'kwt1',
    output: 'sequential_12/dense_73/BiasAdd',
    feeds: { input_1: randomFeed([1, 16_000], 5) },
    ranks: [1, 2],
    // Two of its weights lie in front of a logarithm, where larger steps meet curvature.
    change: 0.001
  }
]

/** `model` with the output `loss`, the mean of the squares of its output `value`. */
function withMeanSquare(model: Model, value: string): Model {
  const graph = new GraphWriter(model, 'test')
  const loss = graph.takeName('loss')
  graph.nameValue(loss, 'ReduceMean', [graph.mul(value, value)], { keepdims: intAttribute(0) })
  graph.output(loss, 'float32', [])
  return graph.build()
}

/** Three float32 initializers of each rank: biases, matrices, convolutions, from the front, the middle and the back. */
function someWeights(model: Model, ranks: readonly number[]): string[] {
  const used = new Set(model.graph.nodes.flatMap(({ inputs }) => inputs))
  const all = [...model.graph.initializers.values()].filter(
    ({ name, dataType, dims }) => used.has(name) && dataType === 'float32' && elementCount(dims) > 28
  )
  const chosen = ranks.flatMap((rank) => {
    const names = all.filter(({ dims }) => dims.length === rank).map(({ name }) => name)
    return [names[0]!, names[Math.floor(names.length / 2)]!, names.at(-1)!]
  })
  return [...new Set(chosen)]
}

interface Derivatives {
  /** By the gradient. */
  readonly derivative: number
  /** By differences, extrapolated to a step of 0. */
  readonly difference: number
}

/** Along a random direction, tilted towards the gradient: alone, its derivative would drown in float32. */
async function alongDirection(
  weight: readonly number[],
  gradient: readonly number[],
  { change, loss }: { change: number; loss: (weight: readonly number[]) => Promise<number> }
): Promise<Derivatives> {
  const norm = Math.sqrt(dot(gradient, gradient))
  const noise = draw(7, gradient.length, 1 / Math.sqrt(gradient.length))
  const direction = gradient.map((each, index) => each / norm + noise[index]!)
  const derivative = dot(gradient, direction)
  const moved = (by: number) => weight.map((each, index) => each + by * direction[index]!)
  const quotient = async (h: number) => ((await loss(moved(h))) - (await loss(moved(-h)))) / (2 * h)
  // Steps that should change the loss by this share of it and by half of that.
  const h = (change * (await loss(weight))) / derivative
  return { derivative, difference: (4 * (await quotient(h / 2)) - (await quotient(h))) / 3 }
}

describe.each(realModels)('$folder', ({ folder, output, feeds: features, ranks, change }) => {
  const file = resolve(realFolder, folder, 'model.onnx')
  const isAbsent = !existsSync(file)
  const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

  it.skipIf(isAbsent)(`has the directional derivatives that differences have${reason}`, async () => {
    const original = withMeanSquare(decodeModel(readFileSync(file)), output)
    const wrt = someWeights(original, ranks)
    expect(wrt.length).toBeGreaterThanOrEqual(2 * ranks.length)
    const { model, parameters } = parametersToInputs(original, wrt)
    const { model: step, gradients } = differentiate(model, { loss: 'loss', wrt })
    assertInvariants(step)
    const feeds: Record<string, RuntimeTensor> = { ...features }
    for (const [name, tensor] of parameters) {
      feeds[name] = { dataType: 'float32', dims: tensor.dims, data: float32Values(tensor) }
    }
    const session = await createOrtBackend().open({ kind: 'bytes', bytes: encodeModel(step) })
    try {
      const found = await session.run(feeds)
      for (const name of wrt) {
        const { derivative, difference } = await alongDirection(
          numbers(feeds[name]!),
          numbers(found[gradients.get(name)!]!),
          {
            change,
            loss: async (values) => {
              const changed = { ...feeds, [name]: floatTensor('float32', feeds[name]!.dims, values) }
              return numbers((await session.run(changed, ['loss']))['loss']!)[0]!
            }
          }
        )
        // The loss is good to some 1e-7 to 1e-6 of itself in float32, and moves by 0.1 % at least.
        expect(Math.abs(derivative / difference - 1), name).toBeLessThan(2e-3)
      }
    } finally {
      await session.release()
    }
  })
})
