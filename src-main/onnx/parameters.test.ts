import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './build/graph-builder'
import { intAttribute, tensorAttribute } from './ir/attribute'
import type { Graph, Model } from './ir/model'
import { float32Tensor, int64Tensor, typedTensor } from './ir/tensor'
import { countParameters } from './parameters'

function floats(name: string, ...dims: readonly number[]) {
  return float32Tensor(name, dims, new Float32Array(dims.reduce((product, dim) => product * dim, 1)))
}

function build(construct: (builder: GraphBuilder) => void): Model {
  const builder = new GraphBuilder('test')
  construct(builder)
  return builder.build()
}

describe('countParameters', () => {
  it('counts a stored tensor once however many nodes use it', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', [1, 3])
      const w = b.initializer(floats('w', 3, 3))
      b.node('MatMul', [b.node('MatMul', [x, w]), w])
    })
    expect(countParameters(model)).toEqual({ parameterCount: 9, storedTensorCount: 1 })
  })

  it('counts Constant nodes and the tensors of subgraphs, not shapes and indices', () => {
    const inner = new GraphBuilder('branch')
    const sum = inner.node('Add', ['x', inner.initializer(floats('bias', 4))])
    const branch: Graph = { ...inner.build().graph, outputs: [{ name: sum, type: undefined }] }
    const model = build((b) => {
      b.input('x', 'float32', [4])
      b.initializer(int64Tensor('shape', [2], [2, 2]))
      b.initializer(typedTensor('mask', 'bool', [4], new Uint8Array(4)))
      b.node('Constant', [], { attributes: { value: tensorAttribute(floats('', 2, 5)) } })
      b.node('Constant', [], {
        attributes: { value: tensorAttribute(int64Tensor('', [7], [1, 2, 3, 4, 5, 6, 7])) }
      })
      b.node('If', [b.input('flag', 'bool', [])], {
        attributes: {
          then_branch: { kind: 'graph', value: branch },
          else_branch: { kind: 'graph', value: branch }
        }
      })
    })
    // Two branches store a bias each, under the same name.
    expect(countParameters(model)).toEqual({ parameterCount: 10 + 4 + 4, storedTensorCount: 3 })
  })

  it('counts quantized weights and scales, not zero points', () => {
    const model = build((b) => {
      const w = b.initializer(typedTensor('w', 'int8', [4, 2], new Int8Array(8)))
      const scale = b.initializer(floats('scale', 2))
      const zero = b.initializer(typedTensor('zero', 'int8', [2], new Int8Array(2)))
      b.node('DequantizeLinear', [w, scale, zero])
      const aZero = b.initializer(typedTensor('aZero', 'uint8', [], new Uint8Array(1)))
      b.node('MatMulInteger', [b.input('x', 'uint8', [1, 4]), w, aZero, zero])
    })
    expect(countParameters(model)).toEqual({ parameterCount: 8 + 2, storedTensorCount: 2 })
  })

  it.each([
    // [bits, shape of the packed weight]: blocks of 32; 40 features need two of them, the second one mostly padding.
    [4, [8, 2, 16]],
    [8, [8, 2, 32]]
  ])('counts weights packed in %i bits by scalar, without padding', (bits, dims) => {
    const bytes = dims.reduce((product, dim) => product * dim, 1)
    const model = build((b) => {
      const packed = b.initializer(typedTensor('w', 'uint8', dims, new Uint8Array(bytes)))
      const zeroPoints = b.initializer(typedTensor('z', 'uint8', [8, bits / 4], new Uint8Array(2 * bits)))
      const inputs = [
        b.input('x', 'float32', [1, 40]),
        packed,
        b.initializer(floats('scales', 8, 2)),
        zeroPoints
      ]
      b.node('MatMulNBits', inputs, {
        domain: 'com.microsoft',
        attributes: { K: intAttribute(40), N: intAttribute(8), bits: intAttribute(bits) }
      })
    })
    expect(countParameters(model).parameterCount).toBe(8 * 40 + 16)
  })
})
