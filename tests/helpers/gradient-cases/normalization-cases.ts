import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute
} from '../../../src-main/onnx/ir/attribute'
import type { GraphBuilder } from '../../../src-main/onnx/build/graph-builder'
import type { Attribute } from '../../../src-main/onnx/ir/model'
import { int64Tensor, typedTensor } from '../../../src-main/onnx/ir/tensor'
import type { Draw, GradientCase, GradientCases } from './gradient-case'

/** Each way to say which axes are reduced: none, an attribute (opset 17), a constant, or computed by the graph. */
function reduction(opType: string, draw: Draw = 'normal'): GradientCases {
  const isSum = opType === 'ReduceSum'
  const keep = (keepdims: number) => ({ keepdims: intAttribute(keepdims) })
  const constantAxes = (axes: readonly number[], keepdims: number): GradientCase => ({
    name: `axes [${axes.join(', ')}], keepdims ${keepdims}`,
    draw,
    inputs: { x: [2, 3, 2] },
    build: (b) =>
      b.node(opType, ['x', b.initializer(int64Tensor('axes', [axes.length], axes))], {
        attributes: keep(keepdims)
      })
  })
  const older: GradientCase = {
    name: 'axes as an attribute, as up to opset 17',
    draw,
    opset: 17,
    inputs: { x: [2, 3, 2] },
    build: (b) => b.node(opType, ['x'], { attributes: { axes: intsAttribute([0, -1]), ...keep(0) } })
  }
  return [
    constantAxes([1], 1),
    constantAxes([-1, 0], 0),
    ...[0, 1].map((keepdims) => ({
      name: `all axes, keepdims ${keepdims}`,
      draw,
      inputs: { x: [2, 3] },
      build: (b: GraphBuilder) => b.node(opType, ['x'], { attributes: keep(keepdims) })
    })),
    {
      name: 'axes that the graph computes',
      draw,
      inputs: { x: [2, 3] },
      build: (b) => {
        const rank = b.node('Shape', [b.node('Shape', ['x'])])
        const last = b.node('Sub', [rank, b.initializer(int64Tensor('one', [1], [1]))])
        return b.node(opType, ['x', last], { attributes: keep(0) })
      }
    },
    ...(isSum ? [] : [older])
  ]
}

function softmax(opType: string): GradientCases {
  return [-1, 1].map((axis) => ({
    name: `axis ${axis}`,
    inputs: { x: [2, 3, 2] },
    build: (b: GraphBuilder) => b.node(opType, ['x'], { attributes: { axis: intAttribute(axis) } })
  }))
}

function layerNormalization(name: string, axis: number | undefined, opset?: number): GradientCase {
  const dims = axis === 1 ? [3, 4] : [4]
  return {
    name,
    ...(opset === undefined ? {} : { opset }),
    inputs: { x: [2, 3, 4], scale: dims, bias: dims },
    build: (b) =>
      b.node('LayerNormalization', ['x', 'scale', 'bias'], {
        attributes: {
          epsilon: floatAttribute(0.1),
          ...(axis === undefined ? {} : { axis: intAttribute(axis) })
        }
      })
  }
}

const channels = [3]

function batchNormalization(x: readonly number[]): GradientCase {
  return {
    name: `frozen, [${x.join(', ')}]`,
    draw: 'positive',
    inputs: { x, scale: channels, bias: channels, mean: channels, variance: channels },
    build: (b) =>
      b.node('BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance'], {
        attributes: { epsilon: floatAttribute(0.01) }
      })
  }
}

/** The stored statistics only go into the running ones, so they are fed and not differentiated. */
function batchNormalizationTraining(x: readonly number[]): GradientCase {
  const statistics = { dataType: 'float32', dims: channels, data: Float32Array.of(1, 2, 3) } as const
  return {
    name: `training, [${x.join(', ')}]`,
    dataType: 'float32',
    inputs: { x, scale: channels, bias: channels },
    fixed: { mean: statistics, variance: statistics },
    build: (b) =>
      b.nodes('BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance'], {
        outputs: ['y', 'nextMean', 'nextVariance'],
        attributes: { epsilon: floatAttribute(0.5), training_mode: intAttribute(1) }
      })[0]!
  }
}

function pooling(opType: string, x: readonly number[], attributes: Record<string, Attribute>): GradientCase {
  const isAverage = opType === 'AveragePool'
  return {
    name: Object.keys(attributes).join(', '),
    draw: 'distinct',
    dataType: isAverage ? 'float32' : 'float64',
    inputs: { x },
    build: (b) => b.node(opType, ['x'], { attributes })
  }
}

const padded = {
  kernel_shape: intsAttribute([3]),
  strides: intsAttribute([2]),
  pads: intsAttribute([1, 1])
}
const square = {
  kernel_shape: intsAttribute([2, 3]),
  strides: intsAttribute([1, 2]),
  pads: intsAttribute([1, 0, 0, 1])
}

function globalPool(opType: string): GradientCases {
  return [
    {
      name: 'two axes',
      draw: 'distinct',
      dataType: 'float32',
      inputs: { x: [2, 2, 3, 2] },
      build: (b) => b.node(opType, ['x'])
    }
  ]
}

/** By operator. */
export const normalizationCases: Readonly<Record<string, GradientCases>> = {
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  LayerNormalization: [
    layerNormalization('last axis', undefined),
    layerNormalization('two axes', 1),
    layerNormalization('opset 17', -1, 17),
    {
      name: 'no bias',
      inputs: { x: [2, 4], scale: [4] },
      build: (b) => b.node('LayerNormalization', ['x', 'scale'])
    }
  ],
  BatchNormalization: [
    batchNormalization([2, 3, 2]),
    batchNormalization([4, 3]),
    batchNormalizationTraining([2, 3, 2]),
    batchNormalizationTraining([4, 3])
  ],
  InstanceNormalization: [
    {
      name: 'two axes',
      dataType: 'float32',
      inputs: { x: [2, 3, 2, 3], scale: channels, bias: channels },
      build: (b) =>
        b.node('InstanceNormalization', ['x', 'scale', 'bias'], {
          attributes: { epsilon: floatAttribute(0.1) }
        })
    }
  ],
  GroupNormalization: [
    {
      name: 'groups of two',
      // The runtime computes its statistics in float32 whatever the input is.
      dataType: 'float32',
      inputs: { x: [2, 4, 3], scale: [4], bias: [4] },
      build: (b) =>
        b.node('GroupNormalization', ['x', 'scale', 'bias'], {
          attributes: { epsilon: floatAttribute(0.1), num_groups: intAttribute(2) }
        })
    }
  ],
  ReduceSum: [
    ...reduction('ReduceSum'),
    {
      name: 'no axes and nothing to do',
      inputs: { x: [2, 3] },
      build: (b) => b.node('ReduceSum', ['x'], { attributes: { noop_with_empty_axes: intAttribute(1) } })
    }
  ],
  ReduceMean: reduction('ReduceMean'),
  ReduceMax: reduction('ReduceMax', 'distinct'),
  ReduceMin: reduction('ReduceMin', 'distinct'),
  ReduceL1: reduction('ReduceL1', 'off-integers'),
  ReduceL2: reduction('ReduceL2'),
  ReduceSumSquare: reduction('ReduceSumSquare'),
  ReduceLogSumExp: reduction('ReduceLogSumExp'),
  CumSum: [0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) => ({
      name: `exclusive ${exclusive}, reverse ${reverse}`,
      inputs: { x: [2, 4] },
      build: (b: GraphBuilder) =>
        b.node('CumSum', ['x', b.initializer(int64Tensor('axis', [], [1]))], {
          attributes: { exclusive: intAttribute(exclusive), reverse: intAttribute(reverse) }
        })
    }))
  ),
  AveragePool: [
    pooling('AveragePool', [2, 2, 8], { kernel_shape: intsAttribute([3]) }),
    pooling('AveragePool', [2, 2, 8], padded),
    pooling('AveragePool', [2, 2, 8], { ...padded, count_include_pad: intAttribute(1) }),
    pooling('AveragePool', [1, 2, 4, 5], square),
    {
      ...pooling('AveragePool', [1, 2, 5], {
        kernel_shape: intsAttribute([2]),
        auto_pad: stringAttribute('SAME_UPPER')
      }),
      isStaticOnly: true
    }
  ],
  MaxPool: [
    pooling('MaxPool', [2, 2, 8], padded),
    pooling('MaxPool', [1, 2, 4, 5], square),
    pooling('MaxPool', [1, 2, 8], {
      kernel_shape: intsAttribute([2]),
      dilations: intsAttribute([2]),
      ceil_mode: intAttribute(1)
    })
  ],
  GlobalAveragePool: globalPool('GlobalAveragePool'),
  GlobalMaxPool: globalPool('GlobalMaxPool'),
  Dropout: [
    { name: 'inference', inputs: { x: [2, 3] }, build: (b) => b.node('Dropout', ['x']) },
    {
      name: 'training, nothing dropped',
      inputs: { x: [2, 3] },
      build: (b) => {
        const ratio = b.initializer(typedTensor('ratio', 'float32', [], Float32Array.of(0)))
        return b.node('Dropout', ['x', ratio, b.initializer(typedTensor('on', 'bool', [], Uint8Array.of(1)))])
      }
    }
  ]
}
