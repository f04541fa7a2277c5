/** Valid models for the fuzzer to start from: small, and together with everything that Lathe looks at. */
import { GraphBuilder } from '../../../src-main/onnx/build/graph-builder'
import { intAttribute, intsAttribute } from '../../../src-main/onnx/ir/attribute'
import type { Attribute, Graph, Model } from '../../../src-main/onnx/ir/model'
import { float32Tensor, int64Tensor } from '../../../src-main/onnx/ir/tensor'
import { encodeModel } from '../../../src-main/onnx/serde/encode-model'
import { externalizeModel } from '../../../src-main/onnx/serde/external-data'
import { everyFeatureModel } from '../../helpers/every-feature-model'
import { packedForms } from '../../helpers/packed-attention'
import { tinyModel } from '../../helpers/tiny-speech-model'
import { transformerBlock } from '../../helpers/transformer-block'

export interface BaseModel {
  readonly name: string
  readonly bytes: Uint8Array
}

export const externalFile = 'model.onnx.data'

/** The speech model with its weights in the file `externalFile`, whose size comes with it. */
function externalModel(): { readonly model: Model; readonly sizeBytes: number } {
  return externalizeModel(tinyModel('raw-waveform'), { location: externalFile, minimumSizeBytes: 64 })
}

export const externalSizeBytes = externalModel().sizeBytes

export const baseModels: readonly BaseModel[] = [
  { name: 'every feature', bytes: encodeModel(everyFeatureModel()) },
  { name: 'tiny speech model', bytes: encodeModel(tinyModel('whisper-log-mel')) },
  { name: 'external data', bytes: encodeModel(externalModel().model) },
  { name: 'transformer block', bytes: encodeModel(transformerBlock()) },
  { name: 'shape arithmetic', bytes: encodeModel(shapeArithmetic()) },
  { name: 'control flow', bytes: encodeModel(controlFlow()) },
  ...packedForms.map(({ name, model }) => ({ name: `packed: ${name}`, bytes: encodeModel(model) }))
]

/** One of everything whose shapes are computed from constants. */
function shapeArithmetic(): Model {
  const b = new GraphBuilder('shapes')
  const x = b.input('x', 'float32', ['batch', 6, 8])
  const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]) =>
    b.initializer(int64Tensor(name, dims, values))
  const shape = b.node('Shape', [x])
  const batch = b.node('Gather', [shape, ints('zero', [0], [])], { attributes: { axis: intAttribute(0) } })
  const rows = b.node('Unsqueeze', [batch, ints('axes', [0])])
  const target = b.node('Concat', [rows, ints('rest', [48])], { attributes: { axis: intAttribute(0) } })
  const flat = b.node('Reshape', [x, target])
  const filled = b.node('ConstantOfShape', [ints('sizes', [2, 3])])
  const tiled = b.node('Tile', [filled, ints('repeats', [2, 2])])
  const range = b.node('Range', [ints('from', [0], []), ints('to', [4], []), ints('step', [1], [])])
  const picked = b.node('Gather', [tiled, range], { attributes: { axis: intAttribute(0) } })
  const grown = b.node('Expand', [picked, ints('wide', [4, 6])])
  const padded = b.node('Pad', [grown, ints('pads', [0, 1, 0, 1])])
  const sliced = b.node('Slice', [padded, ints('starts', [0]), ints('ends', [3]), ints('slice axes', [1])])
  const [left] = b.nodes('Split', [sliced, ints('parts', [2, 1])], {
    attributes: { axis: intAttribute(1) },
    outputs: ['left', 'right']
  })
  const hot = b.node('OneHot', [range, ints('depth', [5], []), ints('hot values', [0, 1])])
  const most = b.nodes('TopK', [hot, ints('k', [2])], { outputs: ['top', 'places'] })
  const sized = b.node('Resize', [
    b.node('Unsqueeze', [left!, ints('image axes', [0, 1])]), '', '', ints('resized', [1, 1, 8, 4])
  ]) // prettier-ignore
  const convolved = b.node(
    'Conv',
    [sized, b.initializer(float32Tensor('k3', [2, 1, 3, 3], new Float32Array(18)))],
    {
      attributes: {
        pads: intsAttribute([1, 1, 1, 1]),
        strides: intsAttribute([2, 1]),
        kernel_shape: intsAttribute([3, 3])
      }
    }
  )
  const pooled = b.node('MaxPool', [convolved], { attributes: { kernel_shape: intsAttribute([2, 2]) } })
  const up = b.node('ConvTranspose', [
    pooled,
    b.initializer(float32Tensor('k2', [2, 1, 2, 2], new Float32Array(8)))
  ])
  const summed = b.node('ReduceSum', [up, ints('sum axes', [1, 2])], {
    attributes: { keepdims: intAttribute(0) }
  })
  const weighed = b.node('MatMul', [flat, b.initializer(float32Tensor('w', [48, 6], new Float32Array(288)))])
  const added = b.node('Add', [weighed, b.initializer(float32Tensor('b', [6], new Float32Array(6)))])
  for (const value of [added, summed, most[0]!]) b.output(b.node('Identity', [value]), 'float32')
  return b.build()
}

/** An If, a Loop and a Scan, each with a linear layer of its own, one inside another. */
function controlFlow(): Model {
  const b = new GraphBuilder('flow')
  const x = b.input('x', 'float32', ['batch', 4])
  const condition = b.input('condition', 'bool', [])
  const trips = b.initializer(int64Tensor('trips', [], [3]))
  const graph = (value: Graph): Attribute => ({ kind: 'graph', value })
  const branch = (name: string): Graph => {
    const inner = new GraphBuilder(name)
    const w = inner.initializer(float32Tensor(`${name} w`, [4, 4], new Float32Array(16).fill(0.5)))
    inner.output(inner.node('MatMul', ['x', w], { outputs: [`${name} y`] }), 'float32', ['batch', 4])
    return inner.build().graph
  }
  const loopBody = (): Graph => {
    const inner = new GraphBuilder('loop body')
    inner.input('iteration', 'int64', [])
    const going = inner.input('going', 'bool', [])
    const carried = inner.input('carried', 'float32', ['batch', 4])
    const chosen = inner.node('If', [going], {
      attributes: { then_branch: graph(branch('inner then')), else_branch: graph(branch('inner else')) },
      outputs: ['chosen inside']
    })
    inner.output(inner.node('Identity', [going], { outputs: ['still going'] }), 'bool', [])
    inner.output(inner.node('Add', [carried, chosen], { outputs: ['next'] }), 'float32', ['batch', 4])
    inner.output(inner.node('Identity', [carried], { outputs: ['scanned'] }), 'float32', ['batch', 4])
    return inner.build().graph
  }
  const scanBody = (): Graph => {
    const inner = new GraphBuilder('scan body')
    const state = inner.input('state', 'float32', ['batch', 4])
    const slice = inner.input('slice', 'float32', ['batch', 4])
    inner.output(inner.node('Add', [state, slice], { outputs: ['new state'] }), 'float32', ['batch', 4])
    return inner.build().graph
  }
  const chosen = b.node('If', [condition], {
    attributes: { then_branch: graph(branch('then')), else_branch: graph(branch('else')) }
  })
  const [last, all] = b.nodes('Loop', [trips, condition, chosen], {
    attributes: { body: graph(loopBody()) },
    outputs: ['last', 'all']
  })
  const scanned = b.node('Scan', [last!, all!], {
    attributes: { body: graph(scanBody()), num_scan_inputs: intAttribute(1) }
  })
  b.output(b.node('Identity', [scanned]), 'float32', ['batch', 4])
  void x
  return b.build()
}
