/** Gradients of small graphs against central differences, element by element; for native tests only. */
import { expect } from 'vitest'
import { createPrng, type Prng } from '../../src-main/base/prng'
import { differentiate } from '../../src-main/gradient/differentiate'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { intAttribute } from '../../src-main/onnx/ir/attribute'
import type { Model } from '../../src-main/onnx/ir/model'
import { elementCount, typedTensor } from '../../src-main/onnx/ir/tensor'
import { assertInvariants } from '../../src-main/onnx/invariants'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import type { InferenceSession, RuntimeTensor } from '../../src-main/runtime/inference-backend'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import type { Draw, FloatType, GradientCase } from './gradient-cases/gradient-case'
import { forwardModel } from './gradient-cases/forward-model'

type Tensors = Record<string, RuntimeTensor>

/**
 * Step and tolerance of the differences. The error of a central difference is h²·f'''/6 plus rounding·|f| / h:
 * float64 1e-10 + 1e-16/1e-5 = 1e-11 for values of order 1, and thousands of times that for sums and steep functions;
 * float32 (only the operator: the loss is summed in float64) 4e-5 + 6e-8/2^-6 = 4e-6, times the same.
 */
const precision = {
  float64: { step: 1e-5, rtol: 1e-6, atol: 1e-7 },
  float32: { step: 2 ** -6, rtol: 2e-3, atol: 2e-3 }
} as const

export const seeds = [1, 2, 3]

/** Checks every element of the gradient of every input of `test`, with shapes known in advance and not. */
export async function checkGradient(test: GradientCase, seed: number): Promise<void> {
  const dataType = test.dataType ?? 'float64'
  const prng = createPrng(seed)
  const feeds: Tensors = { ...test.fixed }
  for (const [name, dims] of Object.entries(test.inputs)) {
    feeds[name] = floatTensor(dataType, dims, drawValues(prng, elementCount(dims), test.draw ?? 'normal'))
  }
  const forward = await open(forwardModel(test, false))
  try {
    const outputs = await forward.run(feeds)
    // A random weight per output element: the loss Σ weight · output sees every one of them.
    const weights: Tensors = {}
    for (const [name, { dims }] of Object.entries(outputs)) {
      weights[name] = floatTensor(dataType, dims, drawValues(prng, elementCount(dims), 'normal'))
    }
    const expected = await differences(forward, feeds, { weights, test })
    for (const isDynamic of test.isStaticOnly === true ? [false] : [false, true]) {
      const found = await gradients(test, { feeds, weights, isDynamic })
      for (const [name, values] of Object.entries(expected)) {
        const what = `d(loss)/d(${name}), ${isDynamic ? 'dynamic' : 'static'} shapes, seed ${seed}`
        expect(found[name]?.dims, what).toEqual(test.inputs[name])
        expectClose(numbers(found[name]!), values, { ...precision[dataType], what })
      }
    }
  } finally {
    await forward.release()
  }
}

/** Σ weight · output as a scalar behind the graph, and its gradients with respect to all inputs. */
async function gradients(
  test: GradientCase,
  { feeds, weights, isDynamic }: { feeds: Tensors; weights: Tensors; isDynamic: boolean }
): Promise<Tensors> {
  const dataType = test.dataType ?? 'float64'
  const wrt = Object.keys(test.inputs)
  const model = withWeightedSum(forwardModel(test, isDynamic), weights, dataType)
  const result = differentiate(model, { loss: 'loss', wrt })
  assertInvariants(result.model)
  const session = await open(result.model)
  try {
    const outputs = await session.run(feeds)
    return Object.fromEntries(wrt.map((name) => [name, outputs[result.gradients.get(name)!]!]))
  } finally {
    await session.release()
  }
}

function withWeightedSum(model: Model, weights: Tensors, dataType: FloatType): Model {
  const builder = new GraphBuilder('loss')
  const sums = Object.entries(weights).map(([name, weight]) => {
    const tensor = builder.initializer(typedTensor(`${name}.weight`, dataType, weight.dims, weight.data))
    const product = builder.node('Mul', [name, tensor], { outputs: [`${name}.weighted`] })
    return builder.node('ReduceSum', [product], {
      outputs: [`${name}.sum`],
      attributes: { keepdims: intAttribute(0) }
    })
  })
  builder.node('Sum', sums, { outputs: ['loss'] })
  const tail = builder.build().graph
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: [...model.graph.nodes, ...tail.nodes],
      initializers: new Map([...model.graph.initializers, ...tail.initializers])
    }
  }
}

/** (loss(x + h) − loss(x − h)) / 2h for each element of each input, the loss summed in float64. */
async function differences(
  session: InferenceSession,
  feeds: Tensors,
  { weights, test }: { weights: Tensors; test: GradientCase }
): Promise<Record<string, number[]>> {
  const dataType = test.dataType ?? 'float64'
  const { step } = precision[dataType]
  const loss = async (name: string, values: readonly number[]) => {
    const dims = feeds[name]!.dims
    const outputs = await session.run({ ...feeds, [name]: floatTensor(dataType, dims, values) })
    return Object.entries(weights).reduce((sum, [output, weight]) => {
      const [left, right] = [numbers(outputs[output]!), numbers(weight)]
      return sum + left.reduce((total, value, index) => total + value * right[index]!, 0)
    }, 0)
  }
  const found: Record<string, number[]> = {}
  for (const name of Object.keys(test.inputs)) {
    const values = numbers(feeds[name]!)
    found[name] = []
    for (const [index, value] of values.entries()) {
      const above = await loss(name, values.with(index, value + step))
      const below = await loss(name, values.with(index, value - step))
      found[name].push((above - below) / (2 * step))
    }
  }
  return found
}

/** Fails unless |actual − expected| ≤ atol + rtol · |expected| everywhere. */
export function expectClose(
  actual: readonly number[],
  expected: readonly number[],
  { rtol, atol, what }: { readonly rtol: number; readonly atol: number; readonly what: string }
): void {
  expect(actual.length, what).toBe(expected.length)
  expected.forEach((value, index) => {
    const difference = Math.abs(actual[index]! - value)
    // Written so that NaN fails.
    if (!(difference <= atol + rtol * Math.abs(value))) {
      expect.fail(`${what}: element ${index} is ${actual[index]}, expected ${value}`)
    }
  })
}

export function floatTensor(
  dataType: FloatType,
  dims: readonly number[],
  values: readonly number[]
): RuntimeTensor {
  return dataType === 'float64'
    ? { dataType, dims, data: Float64Array.from(values) }
    : { dataType, dims, data: Float32Array.from(values) }
}

export function int64Feed(dims: readonly number[], values: readonly number[]): RuntimeTensor {
  return { dataType: 'int64', dims, data: BigInt64Array.from(values.map(BigInt)) }
}

/** The values of a floating-point tensor. */
export function numbers(tensor: RuntimeTensor): number[] {
  if (tensor.dataType !== 'float32' && tensor.dataType !== 'float64') {
    throw new TypeError(`Expected floating-point values, got ${tensor.dataType}.`)
  }
  return Array.from(tensor.data)
}

function drawValues(prng: Prng, count: number, draw: Draw): number[] {
  switch (draw) {
    case 'normal':
      return Array.from({ length: count }, () => prng.normal())
    case 'positive':
      return Array.from({ length: count }, () => 0.5 + 1.5 * prng.uniform())
    case 'off-integers':
      return Array.from({ length: count }, () => prng.integer(9) - 4 + 0.2 + 0.6 * prng.uniform())
    case 'distinct': {
      const order = Array.from({ length: count }, (_, index) => ({ index, key: prng.uniform() }))
      order.sort((a, b) => a.key - b.key)
      return order.map(({ index }) => 0.5 * (index - count / 2) + 0.2 * prng.uniform())
    }
  }
}

async function open(model: Model): Promise<InferenceSession> {
  return createOrtBackend().open({ kind: 'bytes', bytes: encodeModel(model) })
}
