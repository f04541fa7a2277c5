/** Forms of operators that have a rule but no gradient: each is refused by name, none is differentiated wrongly. */
import { describe, expect, it } from 'vitest'
import { buildModel } from '../../../tests/helpers/linear-models'
import type { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/ir/attribute'
import { float32Tensor, int64Tensor } from '../../onnx/ir/tensor'
import { differentiate } from '../differentiate'

interface Refusal {
  readonly name: string
  readonly build: (b: GraphBuilder) => string
  readonly reason: RegExp
  readonly opset?: number
}

const kernel = { kernel_shape: intsAttribute([2]) }
const same = { auto_pad: stringAttribute('SAME_UPPER') }

function weight(b: GraphBuilder): string {
  return b.initializer(float32Tensor('w', [2, 2, 2], new Float32Array(8)))
}

const refusals: readonly Refusal[] = [
  {
    name: 'a bound of Clip that is trained',
    build: (b) =>
      b.node('Clip', ['x', b.node('ReduceMin', ['x'], { attributes: { keepdims: intAttribute(0) } })]),
    reason: /its lower bound is a path/
  },
  {
    name: 'average pooling that rounds up',
    build: (b) => b.node('AveragePool', ['x'], { attributes: { ...kernel, ceil_mode: intAttribute(1) } }),
    reason: /ceil_mode is set/
  },
  {
    name: 'SAME padding of an unknown size',
    build: (b) => b.node('Conv', ['x', weight(b)], { attributes: same }),
    reason: /SAME_UPPER padding needs an input of known size/
  },
  {
    name: 'a transposed convolution with automatic padding',
    build: (b) => b.node('ConvTranspose', ['x', weight(b)], { attributes: same }),
    reason: /given by auto_pad or output_shape/
  },
  {
    name: 'max pooling before ScatterElements could add',
    build: (b) => b.node('MaxPool', ['x'], { attributes: kernel }),
    reason: /of opset 16, and the model has opset 13/,
    opset: 13
  },
  {
    name: 'column-major max pooling',
    build: (b) => b.node('MaxPool', ['x'], { attributes: { ...kernel, storage_order: intAttribute(1) } }),
    reason: /column-major/
  },
  {
    name: 'an Einsum with repeated letters',
    build: (b) => b.node('Einsum', ['x'], { attributes: { equation: stringAttribute('bii->bi') } }),
    reason: /only explicit equations/
  },
  {
    name: 'an Einsum that sums an operand away',
    build: (b) => b.node('Einsum', ['x'], { attributes: { equation: stringAttribute('bct->bc') } }),
    reason: /'bct' has a letter/
  },
  {
    name: 'a norm without axes that does nothing',
    build: (b) => b.node('ReduceL2', ['x'], { attributes: { noop_with_empty_axes: intAttribute(1) } }),
    reason: /noop_with_empty_axes/
  },
  {
    name: 'the mean that a normalization returns as a path to the loss',
    build: (b) => {
      b.nodes('LayerNormalization', ['x', b.initializer(float32Tensor('s', [3], new Float32Array(3)))], {
        outputs: ['y', 'mean']
      })
      return 'mean'
    },
    reason: /the loss depends on its output 1, 'mean'/
  },
  {
    name: 'a fill value of Pad that is trained',
    build: (b) => {
      const fill = b.node('ReduceMax', ['x'], { attributes: { keepdims: intAttribute(0) } })
      return b.node('Pad', ['x', b.initializer(int64Tensor('pads', [6], [0, 0, 1, 0, 0, 1])), fill])
    },
    reason: /its fill value is a path/
  },
  {
    name: 'a product whose rank is not known',
    build: (b) => b.node('MatMul', [b.node('Reshape', ['x', b.input('shape', 'int64', ['r'])]), 'x']),
    reason: /the rank of 'reshape_0' is not known/
  }
]

describe('what has no gradient', () => {
  it.each(refusals)('$name', ({ build, reason, opset }) => {
    const model = buildModel((b) => {
      b.input('x', 'float32', ['batch', 2, 'time'])
      b.node('ReduceSum', [build(b)], { attributes: { keepdims: intAttribute(0) }, outputs: ['loss'] })
      b.output('loss', 'float32', [])
    }, opset)
    expect(() => differentiate(model, { loss: 'loss', wrt: ['x'] })).toThrowError(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringMatching(reason) as string,
        details: expect.objectContaining({ operator: expect.any(String) as string }) as object
      })
    )
  })
})
