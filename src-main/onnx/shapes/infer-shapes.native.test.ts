/** Inference against its oracle: the shapes that ONNX Runtime really produces, read through added Shape nodes. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import { GraphBuilder, type NodeOptions } from '../build/graph-builder'
import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../ir/attribute'
import type { DataType } from '../ir/data-type'
import { elementCount, float32Tensor, int64Tensor } from '../ir/tensor'
import type { Attribute, Graph, Model } from '../ir/model'
import { decodeModel } from '../serde/decode-model'
import { encodeModel } from '../serde/encode-model'
import { inferShapes } from './infer-shapes'

type InputShapes = Readonly<Record<string, readonly number[]>>

/** Seeded values for every input without an initializer; integers and booleans are small and valid as indices. */
function feedsOf(model: Model, shapes: InputShapes): Record<string, RuntimeTensor> {
  const prng = createPrng(7)
  const required = model.graph.inputs.filter((input) => !model.graph.initializers.has(input.name))
  return Object.fromEntries(
    required.map(({ name, type }) => {
      const dims = shapes[name] ?? (type?.kind === 'tensor' ? type.dims : undefined) ?? []
      const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : 1))
      const count = elementCount(sizes)
      const feed = (tensor: Pick<RuntimeTensor, 'dataType' | 'data'>) =>
        ({ ...tensor, dims: sizes }) as RuntimeTensor
      switch (type?.kind === 'tensor' ? type.dataType : 'undefined') {
        case 'int64':
          return [name, feed({ dataType: 'int64', data: new BigInt64Array(count) })]
        case 'int32':
          return [name, feed({ dataType: 'int32', data: new Int32Array(count) })]
        case 'uint8':
          return [name, feed({ dataType: 'uint8', data: new Uint8Array(count) })]
        case 'int8':
          return [name, feed({ dataType: 'int8', data: new Int8Array(count) })]
        case 'bool':
          return [
            name,
            feed({ dataType: 'bool', data: Uint8Array.from({ length: count }, () => prng.integer(2)) })
          ]
        default:
          return [
            name,
            feed({ dataType: 'float32', data: Float32Array.from({ length: count }, () => prng.normal()) })
          ]
      }
    })
  )
}

/** The shapes of all values that the main graph's nodes make, from one run. */
async function actualShapes(
  model: Model,
  shapes: InputShapes
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = model.graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== ''))
  const shapeNodes = values.map((value, index) => ({
    name: '',
    opType: 'Shape',
    domain: '',
    inputs: [value],
    outputs: [`shape of ${index}`],
    attributes: new Map<string, Attribute>()
  }))
  const graph: Graph = {
    ...model.graph,
    nodes: [...model.graph.nodes, ...shapeNodes],
    outputs: values.map((_, index) => ({
      name: `shape of ${index}`,
      type: { kind: 'tensor', dataType: 'int64', dims: undefined }
    }))
  }
  const session = await createOrtBackend().open(
    { kind: 'bytes', bytes: encodeModel({ ...model, graph }) },
    { graphOptimization: false }
  )
  try {
    const results = await session.run(feedsOf(model, shapes))
    return new Map(
      values.map((value, index) => [
        value,
        Array.from(results[`shape of ${index}`]!.data as BigInt64Array, Number)
      ])
    )
  } finally {
    await session.release()
  }
}

/** Fails for a wrong size; returns the fraction of values whose shape was inferred completely. */
async function compareWithRuntime(model: Model, shapes: InputShapes): Promise<number> {
  const { values } = inferShapes(model, new Map(Object.entries(shapes)))
  const actual = await actualShapes(model, shapes)
  const wrong: string[] = []
  let known = 0
  for (const [value, dims] of actual) {
    const inferred = values.get(value)?.dims
    if (inferred === undefined) continue
    const agrees =
      inferred.length === dims.length &&
      inferred.every((dim, axis) => dim === undefined || dim === dims[axis])
    if (!agrees) wrong.push(`${value}: inferred [${inferred.join(', ')}], is [${dims.join(', ')}]`)
    if (inferred.every((dim) => dim !== undefined)) known++
  }
  expect(wrong).toEqual([])
  expect(actual.size).toBeGreaterThan(0)
  return known / actual.size
}

const realFolder = resolve(import.meta.dirname, '../../../../shared/real')
const isAbsent = !existsSync(realFolder)

function realModel(name: string): Model {
  return decodeModel(readFileSync(resolve(realFolder, name)))
}

/** A branch of the merged decoder as a model of its own, with the outer graph's weights and inputs. */
function decoderBranch(branchName: string): Model {
  const model = realModel('whisper-tiny-words/decoder_model_merged.onnx')
  const attribute = model.graph.nodes[0]?.attributes.get(branchName)
  if (attribute?.kind !== 'graph') throw new TypeError(`The decoder has no ${branchName}.`)
  const { initializers, inputs } = model.graph
  const graph = {
    ...attribute.value,
    initializers: new Map([...initializers, ...attribute.value.initializers]),
    inputs
  }
  return { ...model, graph }
}

function cacheShapes(past: number, encoder: number): InputShapes {
  const caches = [0, 1, 2, 3].flatMap((layer) =>
    ['key', 'value'].flatMap((part): [string, readonly number[]][] => [
      [`past_key_values.${layer}.decoder.${part}`, [2, 6, past, 64]],
      [`past_key_values.${layer}.encoder.${part}`, [2, 6, encoder, 64]]
    ])
  )
  return {
    input_ids: [2, 3],
    encoder_hidden_states: [2, 40, 384],
    use_cache_branch: [1],
    ...Object.fromEntries(caches)
  }
}

describe('inferShapes on real models', () => {
  it.skipIf(isAbsent).each<[string, () => Model, InputShapes]>([
    ['whisper-tiny-ctc', () => realModel('whisper-tiny-ctc/model.onnx'), { input_features: [2, 80, 120] }],
    ['kwt1', () => realModel('kwt1/model.onnx'), {}],
    [
      'the encoder of whisper-tiny-words',
      () => realModel('whisper-tiny-words/encoder_model.onnx'),
      { input_features: [1, 80, 3000] }
    ],
    ['the first step of its decoder', () => decoderBranch('else_branch'), cacheShapes(0, 0)],
    ['a later step of its decoder', () => decoderBranch('then_branch'), cacheShapes(5, 40)]
  ])(
    'is right about %s and knows nearly every shape (skipped without ../shared/real)',
    async (_, load, shapes) => {
      const known = await compareWithRuntime(load(), shapes)
      expect(known).toBeGreaterThanOrEqual(0.95)
    }
  )
})

type Operand =
  readonly number[] | { readonly ints: readonly number[] } | { readonly floats: readonly number[] } | ''

/** A model of one node: float32 inputs of the given shapes, or constant vectors. */
function oneNode(
  opType: string,
  operands: readonly Operand[],
  options: NodeOptions & { readonly opset?: number; readonly dataType?: DataType } = {}
): Model {
  const { opset, dataType = 'float32', ...nodeOptions } = options
  const builder = new GraphBuilder('one node', opset)
  const inputs = operands.map((operand, index) => {
    if (operand === '') return ''
    if ('ints' in operand)
      return builder.initializer(int64Tensor(`c${index}`, [operand.ints.length], operand.ints))
    if ('floats' in operand)
      return builder.initializer(
        float32Tensor(`c${index}`, [operand.floats.length], Float32Array.from(operand.floats))
      )
    return builder.input(`x${index}`, dataType, operand)
  })
  builder.nodes(opType, inputs, nodeOptions)
  return builder.build()
}

function withInts(values: Readonly<Record<string, readonly number[] | number | string>>): NodeOptions {
  return {
    attributes: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string'
          ? stringAttribute(value)
          : typeof value === 'number'
            ? intAttribute(value)
            : intsAttribute(value)
      ])
    )
  }
}

describe('inferShapes on single operators', () => {
  it.each<[string, Model]>([
    ['MatMul of vectors', oneNode('MatMul', [[3], [3]])],
    [
      'MatMul broadcasting batches',
      oneNode('MatMul', [
        [5, 1, 2, 3],
        [4, 3, 2]
      ])
    ],
    ['Gemm', oneNode('Gemm', [[3, 2], [5, 3], [5]], withInts({ transA: 1, transB: 1 }))],
    [
      'Einsum',
      oneNode(
        'Einsum',
        [
          [2, 3, 4],
          [2, 5, 4]
        ],
        withInts({ equation: 'bid,bjd->bij' })
      )
    ],
    [
      'Einsum without an arrow',
      oneNode(
        'Einsum',
        [
          [3, 4],
          [4, 5]
        ],
        withInts({ equation: 'ik,kj' })
      )
    ],
    [
      'Conv with everything',
      oneNode(
        'Conv',
        [
          [2, 4, 13, 9],
          [6, 2, 3, 2]
        ],
        withInts({ group: 2, strides: [2, 1], dilations: [2, 3], pads: [1, 0, 2, 1] })
      )
    ],
    [
      'Conv with SAME_UPPER',
      oneNode(
        'Conv',
        [
          [1, 2, 11],
          [3, 2, 4]
        ],
        withInts({ auto_pad: 'SAME_UPPER', strides: [3] })
      )
    ],
    [
      'Conv with VALID',
      oneNode(
        'Conv',
        [
          [1, 2, 11],
          [3, 2, 4]
        ],
        withInts({ auto_pad: 'VALID', strides: [3] })
      )
    ],
    [
      'ConvTranspose',
      oneNode(
        'ConvTranspose',
        [
          [1, 4, 7],
          [4, 3, 5]
        ],
        withInts({ group: 2, strides: [3], pads: [1, 2], output_padding: [1], dilations: [2] })
      )
    ],
    [
      'MaxPool rounding up',
      oneNode('MaxPool', [[1, 2, 8]], {
        ...withInts({ kernel_shape: [3], strides: [2], ceil_mode: 1 }),
        outputs: ['y', 'positions']
      })
    ],
    [
      'MaxPool whose last window would start in the padding',
      oneNode(
        'MaxPool',
        [[1, 1, 6]],
        withInts({ kernel_shape: [2], strides: [3], pads: [0, 1], ceil_mode: 1 })
      )
    ],
    [
      'AveragePool',
      oneNode(
        'AveragePool',
        [[1, 2, 8, 9]],
        withInts({ kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 0] })
      )
    ],
    ['GlobalAveragePool', oneNode('GlobalAveragePool', [[1, 2, 8, 9]])],
    ['Reshape', oneNode('Reshape', [[2, 3, 4], { ints: [0, -1, 2] }])],
    ['Reshape with allowzero', oneNode('Reshape', [[2, 0, 4], { ints: [0, 5] }], withInts({ allowzero: 1 }))],
    ['Flatten', oneNode('Flatten', [[2, 3, 4]], withInts({ axis: -1 }))],
    ['Transpose by default', oneNode('Transpose', [[2, 3, 4]])],
    ['Squeeze', oneNode('Squeeze', [[1, 3, 1], { ints: [-1] }])],
    ['Expand', oneNode('Expand', [[3, 1], { ints: [2, 1, 4] }])],
    ['Tile', oneNode('Tile', [[2, 3], { ints: [3, 2] }])],
    ['Gather by a matrix', oneNode('Gather', [[4, 5], { ints: [1, -1, 0] }], withInts({ axis: 1 }))],
    [
      'Slice backwards',
      oneNode('Slice', [[10, 4], { ints: [-2] }, { ints: [-9] }, { ints: [0] }, { ints: [-3] }])
    ],
    [
      'Slice beyond both ends',
      oneNode('Slice', [[10, 4], { ints: [-99, 1] }, { ints: [99, 3] }, { ints: [0, 1] }, { ints: [4, 1] }])
    ],
    ['Slice of nothing', oneNode('Slice', [[10], { ints: [7] }, { ints: [2] }])],
    [
      'Slice backwards to the front',
      oneNode('Slice', [[10], { ints: [99] }, { ints: [-99] }, { ints: [0] }, { ints: [-1] }])
    ],
    [
      'Split into equal parts with a rest',
      oneNode('Split', [[7, 2]], { ...withInts({ num_outputs: 3 }), outputs: ['a', 'b', 'c'] })
    ],
    ['Split by sizes', oneNode('Split', [[7, 2], { ints: [1, 6] }], { outputs: ['a', 'b'] })],
    ['Pad', oneNode('Pad', [[2, 3], { ints: [0, 1, 2, 3] }])],
    ['Pad on named axes', oneNode('Pad', [[2, 3], { ints: [1, 2] }, '', { ints: [-1] }])],
    [
      'Resize by scales',
      oneNode('Resize', [[1, 1, 5, 7], '', { floats: [1, 1, 1.5, 0.6] }], withInts({ mode: 'nearest' }))
    ],
    ['TopK', oneNode('TopK', [[3, 8], { ints: [2] }], { outputs: ['values', 'indices'] })],
    [
      'OneHot',
      oneNode('OneHot', [{ ints: [0, 2] }, { ints: [4] }, { floats: [0, 1] }], withInts({ axis: 0 }))
    ],
    ['ReduceMean', oneNode('ReduceMean', [[2, 3, 4], { ints: [-1, 0] }])],
    ['ReduceSum of all', oneNode('ReduceSum', [[2, 3]], withInts({ keepdims: 0 }))],
    ['ReduceSum of nothing', oneNode('ReduceSum', [[2, 3]], withInts({ noop_with_empty_axes: 1 }))],
    ['ArgMax', oneNode('ArgMax', [[2, 3, 4]], withInts({ axis: 1, keepdims: 0 }))],
    ['CumSum', oneNode('CumSum', [[2, 3], { ints: [1] }])],
    [
      'LayerNormalization with statistics',
      oneNode(
        'LayerNormalization',
        [
          [2, 3, 4],
          [3, 4]
        ],
        { ...withInts({ axis: 1 }), outputs: ['y', 'mean', 'deviation'] }
      )
    ],
    ['BatchNormalization', oneNode('BatchNormalization', [[2, 3, 4], [3], [3], [3], [3]])],
    [
      'LSTM in both directions',
      oneNode(
        'LSTM',
        [
          [7, 2, 5],
          [2, 12, 5],
          [2, 12, 3]
        ],
        { ...withInts({ hidden_size: 3, direction: 'bidirectional' }), outputs: ['y', 'h', 'c'] }
      )
    ],
    [
      'GRU',
      oneNode(
        'GRU',
        [
          [7, 2, 5],
          [1, 9, 5],
          [1, 9, 3]
        ],
        { ...withInts({ hidden_size: 3 }), outputs: ['y', 'h'] }
      )
    ],
    [
      'DynamicQuantizeLinear',
      oneNode('DynamicQuantizeLinear', [[2, 3]], { outputs: ['y', 'scale', 'zero'] })
    ],
    [
      'MatMulInteger',
      oneNode(
        'MatMulInteger',
        [
          [2, 3],
          [3, 4]
        ],
        { dataType: 'uint8' }
      )
    ],
    ['ConstantOfShape', oneNode('ConstantOfShape', [{ ints: [2, 0, 3] }])],
    ['Shape of a part', oneNode('Shape', [[2, 3, 4]], withInts({ start: -2, end: -1 }))],
    [
      'Attention in packed form',
      oneNode(
        'Attention',
        [
          [2, 5, 12],
          [2, 7, 6],
          [2, 7, 8]
        ],
        { ...withInts({ q_num_heads: 4, kv_num_heads: 2 }), opset: 24 }
      )
    ],
    ['RMSNormalization', oneNode('RMSNormalization', [[2, 3, 4], [4]], { opset: 24 })],
    ['Gelu', oneNode('Gelu', [[2, 3]])],
    ['LeakyRelu', oneNode('LeakyRelu', [[2, 3]], { attributes: { alpha: floatAttribute(0.1) } })],
    ['DepthToSpace', oneNode('DepthToSpace', [[1, 8, 2, 3]], withInts({ blocksize: 2 }))],
    ['SpaceToDepth', oneNode('SpaceToDepth', [[1, 2, 4, 6]], withInts({ blocksize: 2 }))],
    ['HannWindow', hannWindow()],
    ['STFT', stft()]
  ])('%s agrees with the runtime', async (_, model) => {
    expect(await compareWithRuntime(model, {})).toBe(1)
  })
})

function hannWindow(): Model {
  const builder = new GraphBuilder('window')
  builder.node('HannWindow', [builder.initializer(int64Tensor('size', [], [400]))])
  return builder.build()
}

function stft(): Model {
  const builder = new GraphBuilder('stft')
  const signal = builder.input('signal', 'float32', [2, 1000, 1])
  const step = builder.initializer(int64Tensor('step', [], [160]))
  const window = builder.initializer(float32Tensor('window', [400], new Float32Array(400).fill(1)))
  builder.node('STFT', [signal, step, window])
  return builder.build()
}
