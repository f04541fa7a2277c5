import { describe, expect, it } from 'vitest'
import {
  buildModel,
  linearLayer,
  modelInType,
  modelWithBranches,
  randomTensor
} from '../../../tests/helpers/linear-models'
import { createPrng } from '../../base/prng'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { float32Tensor } from '../../onnx/ir/tensor'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { applyInt8Dynamic, frontEndOutputs, quantizePerChannel } from './int8-dynamic'

describe('quantizePerChannel', () => {
  it('is off by at most half a step of the channel', () => {
    const prng = createPrng(1)
    const [rows, columns] = [40, 6]
    // Channels of very different size, as real layers have.
    const weight = Float64Array.from(
      { length: rows * columns },
      (_, i) => prng.normal() * 10 ** -(i % columns)
    )
    const { values, scales } = quantizePerChannel(weight, rows, columns)
    for (let j = 0; j < columns; j++) {
      const channel = weight.filter((_, i) => i % columns === j)
      const largest = Math.max(...channel.map(Math.abs))
      expect(scales[j]).toBe(Math.fround(largest / 127))
      for (let i = 0; i < rows; i++) {
        const stored = values[i * columns + j]! * scales[j]!
        // The scale itself is rounded to float32, which moves 127 steps by at most 2^-24 of them.
        expect(Math.abs(stored - channel[i]!)).toBeLessThanOrEqual(scales[j]! * (0.5 + 127 * 2 ** -24))
      }
    }
  })

  it('uses the symmetric range, -127 to 127', () => {
    const { values } = quantizePerChannel(Float64Array.of(-1, 1, -0.6, 0.25), 2, 2)
    expect([...values]).toEqual([-127, 127, -76, 32])
    expect([...quantizePerChannel(Float64Array.of(1, -1), 2, 1).values]).toEqual([127, -127])
  })

  it('gives a channel of zeros the scale 1', () => {
    const { values, scales } = quantizePerChannel(Float64Array.of(0, 2, 0, 4), 2, 2)
    expect([...values]).toEqual([0, 64, 0, 127])
    expect([...scales]).toEqual([1, Math.fround(4 / 127)])
  })
})

describe('applyInt8Dynamic', () => {
  function operators({ graph }: Model): string[] {
    return graph.nodes.map(({ opType }) => opType)
  }

  it('quantizes MatMul and Gemm, and leaves convolutions and constant products alone', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [3, 4])
      const first = b.node('MatMul', [x, b.initializer(randomTensor('w', [4, 4], 1))])
      const second = b.node('Gemm', [first, b.initializer(randomTensor('v', [4, 4], 2))])
      const wide = b.node('Unsqueeze', [second, b.initializer(randomTensor('axes', [1], 3))])
      b.output(b.node('Conv', [wide, b.initializer(randomTensor('k', [2, 4, 1], 4))]), 'float32')
    })
    const quantized = applyInt8Dynamic(model)
    assertInvariants(quantized)
    expect(operators(quantized).filter((opType) => opType === 'MatMulInteger')).toHaveLength(2)
    expect(operators(quantized)).toContain('Conv')
    expect([...quantized.graph.initializers.keys()]).toEqual([
      'axes',
      'k',
      ...['w.int8', 'w.int8_scale', 'w.int8_zero_point'],
      ...['v.int8', 'v.int8_scale', 'v.int8_zero_point']
    ])
  })

  it('stores a shared weight once, and a tied transpose as a matrix of its own', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [3, 4])
      const w = b.initializer(randomTensor('w', [4, 4], 1))
      const first = b.node('MatMul', [x, w])
      const second = b.node('MatMul', [first, w])
      b.output(b.node('MatMul', [second, b.node('Transpose', [w])]), 'float32')
    })
    const { graph } = applyInt8Dynamic(model)
    assertInvariants({ ...model, graph })
    expect([...graph.initializers.keys()].filter((name) => name.includes('.int8'))).toHaveLength(6)
    const stored = (name: string) => {
      const { data } = graph.initializers.get(name)!
      return data.kind === 'bytes' ? [...new Int8Array(data.bytes)] : []
    }
    const transposed = stored('w.int8_2')
    // The scales differ between rows and columns, the signs do not.
    expect(transposed.map((_, i) => Math.sign(transposed[4 * (i % 4) + Math.floor(i / 4)]!))).toEqual(
      stored('w.int8').map(Math.sign)
    )
  })

  it.each([
    ['that multiply in float16', modelInType('float16')],
    ['that multiply in float64', modelInType('float64')],
    ['inside subgraphs', modelWithBranches()]
  ])('leaves layers alone %s', (_, model) => {
    expect(applyInt8Dynamic(model)).toBe(model)
  })

  it('refuses a weight that is not finite', () => {
    const model = buildModel((b) => {
      const w = b.initializer(float32Tensor('w', [1, 2], Float32Array.of(1, NaN)))
      b.output(b.node('MatMul', [b.input('x', 'float32', [1, 1]), w], { name: 'fc' }), 'float32')
    })
    expect(() => applyInt8Dynamic(model)).toThrow(
      expect.objectContaining({
        code: 'numerical',
        message: "The weight of layer 'fc' holds values that are not finite; it cannot be quantized."
      })
    )
  })

  it('refuses a model older than the operators', () => {
    const model = buildModel((b) => {
      const w = b.initializer(randomTensor('w', [2, 2], 1))
      b.output(b.node('MatMul', [b.input('x', 'float32', [1, 2]), w]), 'float32')
    }, 10)
    expect(() => applyInt8Dynamic(model)).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: 'The model has opset 10, dynamic int8 needs 11 or later; export it with a newer opset.'
      })
    )
  })
})

describe('frontEndOutputs', () => {
  const layer = (nodeOutput: string, role: LinearLayer['role']) =>
    linearLayer({ id: nodeOutput, nodeOutput, role })

  it('names what lies outside the recognised blocks, but not the head', () => {
    const layers = [layer('dft', 'other'), layer('q', 'q'), layer('head', 'head')]
    expect(frontEndOutputs(layers)).toEqual(new Set(['dft']))
  })

  it('is empty when no block was recognised', () => {
    expect(frontEndOutputs([layer('a', 'other'), layer('head', 'head')])).toEqual(new Set())
  })
})
