/** Weights in halves: the same model but for the rounding, at the same speed in ONNX Runtime. */
import { describe, expect, it } from 'vitest'
import { executedOperators } from '../../../tests/helpers/executed-operators'
import { buildModel, randomFeed, randomTensor } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { assertInvariants } from '../invariants'
import { tensorAttribute } from '../ir/attribute'
import { fromHalf, toHalves } from '../ir/half'
import { mapTensors } from '../ir/map-tensors'
import type { Model } from '../ir/model'
import { float32Tensor, float32Values, int64Tensor } from '../ir/tensor'
import { floatingValues } from '../linear-layer/floating-values'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { countParameters } from '../parameters'
import { smallestHalfTensor, storeFloat16 } from './store-float16'

/** Every float32 tensor rounded to halves and back, where it is: the same numbers without a Cast. */
function rounded(model: Model): Model {
  return mapTensors(model, (tensor) => {
    if (tensor.dataType !== 'float32') return tensor
    const halves = toHalves(float32Values(tensor))
    return float32Tensor(tensor.name, tensor.dims, Float32Array.from(halves, fromHalf))
  })
}

/** An embedding, a convolution, a product, a Constant, a tensor that is used in both branches of an If. */
function everyPlace(): Model {
  const branch = (name: string) => {
    const { graph } = buildModel((b) => {
      const own = b.initializer(randomTensor(`${name}_own`, [16, 16], 5))
      const product = b.node('MatMul', ['hidden', 'shared'], { outputs: [`${name}_product`] })
      b.output(b.node('MatMul', [product, own], { outputs: [`${name}_y`] }), 'float32')
    })
    return { kind: 'graph', value: { ...graph, name } } as const
  }
  return buildModel((b) => {
    const table = b.initializer(randomTensor('table', [20, 16], 1))
    const rows = b.node('Gather', [table, b.input('indices', 'int64', [1, 16])])
    const kernel = b.initializer(randomTensor('kernel', [16, 16, 3], 2))
    const wide = b.node('Conv', [rows, kernel])
    const constant = b.node('Constant', [], {
      outputs: ['constant'],
      attributes: { value: tensorAttribute(randomTensor('', [14, 20], 3)) }
    })
    b.node('MatMul', [wide, constant], { outputs: ['through'] })
    const narrow = b.initializer(randomTensor('narrow', [20, 16], 6))
    b.node('MatMul', ['through', narrow], { outputs: ['hidden'] })
    b.initializer(randomTensor('shared', [16, 16], 4))
    const attributes = { then_branch: branch('then'), else_branch: branch('else') }
    b.output(b.node('If', [b.input('condition', 'bool', [])], { outputs: ['y'], attributes }), 'float32')
  })
}

const feeds = {
  indices: {
    dataType: 'int64',
    dims: [1, 16],
    data: BigInt64Array.from({ length: 16 }, (_, i) => BigInt(i + 3))
  },
  condition: { dataType: 'bool', dims: [], data: Uint8Array.of(1) }
} as const

describe('storeFloat16', () => {
  it('is the model with rounded weights, wherever they are', async () => {
    const model = everyPlace()
    const before = structuredClone(model)
    const { model: stored, modified } = storeFloat16(model)
    expect(modified).toBe(true)
    expect(model).toEqual(before)
    assertInvariants(stored)
    expect(
      [...stored.graph.initializers.values()].map(({ name, dataType }) => `${name} ${dataType}`)
    ).toEqual(['table', 'kernel', 'narrow', 'shared'].map((name) => `${name}.float16 float16`))
    expect(countParameters(stored)).toEqual(countParameters(model))
    for (const condition of [0, 1]) {
      const given = { ...feeds, condition: { ...feeds.condition, data: Uint8Array.of(condition) } }
      const wanted = await runModel(rounded(model), given)
      for (const graphOptimization of [false, true]) {
        const found = await runModel(stored, given, { graphOptimization })
        expect(floats(found.y)).toEqual(floats(wanted.y))
      }
    }
    expect(floats((await runModel(stored, feeds)).y)).not.toEqual(floats((await runModel(model, feeds)).y))
  })

  it('still shows its linear layers, with their weights as they are stored', () => {
    const { model } = storeFloat16(productBy(randomTensor('w', [16, 16], 1)))
    expect(locateLinearLayers(model)).toEqual([
      expect.objectContaining({ weightName: 'w.float16', weightDataType: 'float16', inFeatures: 16 })
    ])
  })

  function productBy(w: ReturnType<typeof float32Tensor>): Model {
    return buildModel((b) => {
      const x = b.input('x', 'float32', [3, w.dims[0]!])
      b.output(b.node('MatMul', [x, b.initializer(w)], { outputs: ['y'] }), 'float32')
    })
  }

  it.each([
    ['a value beyond the range', (values: Float32Array) => values.fill(-3.4e38, 7, 8)],
    ['an infinity', (values: Float32Array) => values.fill(-Infinity, 7, 8)],
    ['NaN', (values: Float32Array) => values.fill(NaN, 7, 8)],
    ['nothing but tiny values', (values: Float32Array) => values.map((value) => value * 1e-6)]
  ])('keeps a tensor in float32 that has %s', (_, spoil) => {
    const values = spoil(float32Values(randomTensor('w', [16, 16], 1)))
    const model = productBy(float32Tensor('w', [16, 16], values))
    expect(storeFloat16(model)).toEqual({ model, modified: false })
  })

  it('rounds each value by at most one part in 2048, tiny ones beside others by 2^-25', () => {
    const values = float32Values(randomTensor('w', [16, 64], 1)).map((value, i) => value * 10 ** -(i % 9))
    const { model } = storeFloat16(productBy(float32Tensor('w', [16, 64], values)))
    const halves = floatingValues(model.graph.initializers.get('w.float16')!)
    values.forEach((value, i) => {
      expect(Math.abs(halves[i]! - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25))
    })
  })

  it('leaves alone what is small, named, not float32, or stored already', () => {
    const small = productBy(randomTensor('w', [smallestHalfTensor - 1, 1], 1))
    expect(storeFloat16(small).model).toBe(small)
    const large = productBy(randomTensor('w', [smallestHalfTensor, 1], 1))
    expect(storeFloat16(large, new Set(['w'])).model).toBe(large)
    const stored = storeFloat16(large).model
    expect(storeFloat16(stored)).toEqual({ model: stored, modified: false })
    const indices = buildModel((b) => {
      const shape = b.initializer(int64Tensor('shape', [300], new Array<number>(300).fill(1)))
      b.output(b.node('Identity', [shape], { outputs: ['y'] }), 'int64')
    })
    expect(storeFloat16(indices).model).toBe(indices)
  })

  it('drops the input that only offered to override a weight, as in models of old IR versions', async () => {
    const model = productBy(randomTensor('w', [16, 16], 1))
    const override = { name: 'w', type: { kind: 'tensor', dataType: 'float32', dims: [16, 16] } } as const
    const old = { ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, override] } }
    const { model: stored } = storeFloat16(old)
    assertInvariants(stored)
    expect(stored.graph.inputs.map(({ name }) => name)).toEqual(['x'])
    const feed = { x: randomFeed([3, 16], 2) }
    expect(floats((await runModel(stored, feed)).y)).toEqual(floats((await runModel(rounded(old), feed)).y))
  })

  it('avoids names that the model uses already', () => {
    const model = buildModel((b) => {
      const x = b.input('w.float16', 'float32', [3, 16])
      const w = b.initializer(randomTensor('w', [16, 16], 1))
      b.output(b.node('MatMul', [x, w], { outputs: ['y'] }), 'float32')
    })
    const { model: stored } = storeFloat16(model)
    assertInvariants(stored)
    expect([...stored.graph.initializers.keys()]).toEqual(['w.float16_2'])
  })
})

describe('ONNX Runtime', () => {
  const folder = useTemporaryFolder()

  it('undoes the Cast when it loads the model', async () => {
    const operators = await executedOperators(storeFloat16(everyPlace()).model, folder())
    expect(operators.filter((name) => name.endsWith(':Cast'))).toEqual([])
    expect(operators.filter((name) => name.endsWith(':MatMul'))).toHaveLength(2)
  })
})
