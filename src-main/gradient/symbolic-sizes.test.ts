import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/build/graph-builder'
import { intAttribute, intsAttribute } from '../onnx/ir/attribute'
import { float32Tensor, int64Tensor } from '../onnx/ir/tensor'
import { GraphWriter } from './graph-writer'

/** x [batch, frames, 6] and whatever `write` does with it. */
function sizesOf(write: (b: GraphBuilder) => string) {
  const b = new GraphBuilder('sizes')
  b.input('x', 'float32', ['batch', 'frames', 6])
  b.input('mask', 'float32', ['batch', 1, 1])
  b.input('other', 'float32', ['rows', 'frames', 6])
  const value = write(b)
  b.output(value, 'float32')
  return new GraphWriter(b.build(), 'test').sizes(value)
}

const [batch, frames] = ['x:0', 'x:1']

describe('symbolic sizes', () => {
  it.each<[string, (b: GraphBuilder) => string]>([
    ['a function of one value', (b) => b.node('Sigmoid', ['x'])],
    [
      'a broadcast scalar',
      (b) => b.node('Mul', ['x', b.initializer(float32Tensor('s', [], Float32Array.of(2)))])
    ],
    ['an input with the same name of its axis', (b) => b.node('Mul', ['x', 'mask'])],
    [
      'a product with a matrix',
      (b) => b.node('MatMul', ['x', b.initializer(float32Tensor('w', [6, 6], new Float32Array(36)))])
    ],
    [
      'a convolution that pads what it takes',
      (b) => {
        const swapped = { attributes: { perm: intsAttribute([0, 2, 1]) } }
        const w = b.initializer(float32Tensor('w', [6, 6, 3], new Float32Array(108)))
        const y = b.node('Conv', [b.node('Transpose', ['x'], swapped), w], {
          attributes: { pads: intsAttribute([1, 1]) }
        })
        return b.node('Transpose', [y], swapped)
      }
    ],
    [
      'heads made and merged again',
      (b) => {
        const split = b.node('Reshape', ['x', b.initializer(int64Tensor('split', [4], [0, 0, 2, 3]))])
        return b.node('Reshape', [split, b.initializer(int64Tensor('join', [3], [0, -1, 6]))])
      }
    ]
  ])('are kept by %s', (_, write) => {
    expect(sizesOf(write)).toEqual([batch, frames, 6])
  })

  it('are counted from a shape', () => {
    const found = sizesOf((b) => {
      const one = b.initializer(int64Tensor('one', [], [1]))
      const [zero, step] = [
        b.initializer(int64Tensor('zero', [], [0])),
        b.initializer(int64Tensor('step', [], [1]))
      ]
      const size = b.node('Gather', [b.node('Shape', ['x']), one])
      return b.node('Cast', [b.node('Range', [zero, size, step])], { attributes: { to: intAttribute(1) } })
    })
    expect(found).toEqual([frames])
  })

  it.each<[string, (b: GraphBuilder) => string, number]>([
    ['axes of different names are broadcast', (b) => b.node('Add', ['x', 'other']), 0],
    [
      'a convolution shortens its axis',
      (b) => {
        const w = b.initializer(float32Tensor('w', [1, 1, 3], new Float32Array(3)))
        const flat = b.node('Reshape', ['x', b.initializer(int64Tensor('flat', [3], [0, 1, -1]))])
        return b.node('Conv', [flat, w])
      },
      2
    ]
  ])('are new where %s', (_, write, axis) => {
    const size = sizesOf(write)?.[axis]
    expect(typeof size).toBe('string')
    expect([batch, frames]).not.toContain(size)
  })
})
