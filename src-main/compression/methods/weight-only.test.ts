import { describe, expect, it } from 'vitest'
import {
  buildModel,
  modelInType,
  modelWithBranches,
  randomTensor
} from '../../../tests/helpers/linear-models'
import { blockedNodes, dequantized } from '../../../tests/helpers/blocked-weights'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { float32Tensor, float32Values } from '../../onnx/ir/tensor'
import { applyWeightOnly, quantizeBlocks, weightOnlyBytes, weightOnlyLayout } from './weight-only'

/** y = x · w. */
function productBy(w: ReturnType<typeof float32Tensor>): Model {
  return buildModel((b) => {
    const x = b.input('x', 'float32', [1, w.dims[0]!])
    b.output(b.node('MatMul', [x, b.initializer(w)], { outputs: ['y'] }), 'float32')
  })
}

describe('quantizeBlocks', () => {
  it('packs as the operator reads: channel by channel, block by block, the lower half of a byte first', () => {
    // 18 rows, 2 columns, blocks of 16. Column 0 is 0..15 | 1, 15: scale 1, zero point 0. Column 1 is its negative.
    const data = Float64Array.from({ length: 36 }, (_, i) => {
      const row = i >> 1
      const value = row < 16 ? row : row === 16 ? 1 : 15
      return i % 2 === 0 ? value : -value
    })
    const { layout, values, scales, zeroPoints } = quantizeBlocks({ in: 18, out: 2, data }, 4)
    expect(layout).toEqual({ bits: 4, blockSize: 32, blocks: 1, valueBytes: 16, zeroPointBytes: 1 })
    expect([...scales]).toEqual([1, 1])
    expect([...zeroPoints]).toEqual([0, 15])
    const padding = (nibbles: number) => new Array<number>(7).fill(nibbles)
    expect([...values.subarray(0, 16)]).toEqual([
      ...[0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0xf1],
      ...padding(0)
    ])
    expect([...values.subarray(16)]).toEqual([
      ...[0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, 0x0e],
      ...padding(0xff)
    ])
  })

  it.each([
    [4, 37, 5],
    [4, 384, 3],
    [8, 37, 5],
    [8, 384, 3],
    [8, 1, 2]
  ] as const)('in %i bits is off by at most half a step of the block, %i rows', (bits, rows, columns) => {
    const w = randomTensor('w', [rows, columns], rows)
    const model = applyWeightOnly(productBy(w), bits)
    const { weight, scales } = dequantized(model, blockedNodes(model)[0]!)
    const original = float32Values(w)
    let largest = 0
    weight.forEach((value, i) => {
      const error = Math.abs(value - original[i]!) / scales[i]!
      // The scale is rounded to float32, which moves up to 255 steps by 2^-24 of themselves.
      expect(error).toBeLessThanOrEqual(0.5 + 255 * 2 ** -24)
      largest = Math.max(largest, error)
    })
    // The steps are those of the bits: with more of them the error would be smaller.
    if (rows > 1) expect(largest).toBeGreaterThan(0.4)
    const range = Math.max(0, ...original) - Math.min(0, ...original)
    expect(Math.max(...scales)).toBeLessThan(range / (2 ** bits - 1) + 1e-6)
  })

  it('stores zero exactly, and a block of zeros or of next to nothing as zeros', () => {
    const data = new Float64Array(64)
    data[3] = 0.7
    data[5] = -0.2
    data[40] = 1e-45
    const w = float32Tensor('w', [64, 1], Float32Array.from(data))
    const model = applyWeightOnly(productBy(w), 4)
    const { weight } = dequantized(model, blockedNodes(model)[0]!)
    expect([...weight.keys()].filter((i) => weight[i] !== 0)).toEqual([3, 5])
  })
})

describe('weightOnlyLayout', () => {
  it.each([
    // 4 bits: 20.5 bytes a block of 32 against 12.5 of 16.
    [4, 384, 32],
    [4, 37, 16],
    [4, 16, 16],
    [4, 64, 32],
    // 8 bits: a block costs 5 bytes beside its values.
    [8, 384, 128],
    [8, 192, 64],
    [8, 96, 32],
    [8, 37, 16]
  ] as const)('takes the block size of the fewest bytes: %i bits, %i rows, %i', (bits, rows, blockSize) => {
    expect(weightOnlyLayout(rows, bits).blockSize).toBe(blockSize)
    const bytes = { 16: 0, 32: 0, 64: 0, 128: 0 }
    for (const size of [16, 32, 64, 128] as const) {
      const blocks = Math.ceil(rows / size)
      bytes[size] = (blocks * size * bits) / 8 + 4 * blocks + Math.ceil((blocks * bits) / 8)
    }
    const allowed = bits === 4 ? [bytes[16], bytes[32]] : Object.values(bytes)
    expect(weightOnlyBytes(rows, 3, bits)).toBe(3 * Math.min(...allowed))
  })
})

describe('applyWeightOnly', () => {
  it('quantizes MatMul and Gemm, and leaves convolutions and what is to stay float alone', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [3, 4])
      const first = b.node('MatMul', [x, b.initializer(randomTensor('w', [4, 4], 1))], { outputs: ['front'] })
      const second = b.node('MatMul', [first, b.initializer(randomTensor('u', [4, 4], 2))])
      const third = b.node('Gemm', [second, b.initializer(randomTensor('v', [4, 4], 2))])
      const wide = b.node('Unsqueeze', [third, b.initializer(randomTensor('axes', [1], 3))])
      b.output(b.node('Conv', [wide, b.initializer(randomTensor('k', [2, 4, 1], 4))]), 'float32')
    })
    const quantized = applyWeightOnly(model, 4, new Set(['front']))
    assertInvariants(quantized)
    expect(quantized.graph.nodes.map(({ opType }) => opType)).toEqual([
      ...['MatMul', 'MatMulNBits', 'MatMulNBits', 'Unsqueeze', 'Conv']
    ])
    expect([...quantized.graph.initializers.keys()]).toEqual([
      ...['w', 'axes', 'k'],
      ...['u.int4', 'u.int4_scale', 'u.int4_zero_point'],
      ...['v.int4', 'v.int4_scale', 'v.int4_zero_point']
    ])
    expect(quantized.opsetImports.get('com.microsoft')).toBe(1)
    expect(model.opsetImports.has('com.microsoft')).toBe(false)
  })

  it.each([
    ['that multiply in float16', modelInType('float16')],
    ['that multiply in float64', modelInType('float64')],
    ['inside subgraphs', modelWithBranches()]
  ])('leaves layers alone %s', (_, model) => {
    expect(applyWeightOnly(model, 4)).toBe(model)
  })

  it('refuses a weight that is not finite', () => {
    expect(() => applyWeightOnly(productBy(float32Tensor('w', [1, 2], Float32Array.of(1, NaN))), 8)).toThrow(
      expect.objectContaining({ code: 'numerical' })
    )
  })
})
