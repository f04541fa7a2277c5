import { describe, expect, it } from 'vitest'
import { linearLayer } from '../../tests/helpers/linear-models'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import type { RuntimeTensor } from '../runtime/inference-backend'
import { hasInputRows, layerInputKey, layerInputRows } from './layer-inputs'

const window = {
  kernel: [2],
  strides: [1],
  dilations: [1],
  pads: { begin: [1], end: [0] },
  autoPad: 'NOTSET'
} as const

const embedding = linearLayer({ operator: 'Gather', input: 'ids' })

function feed(dims: readonly number[], ...values: readonly number[]): RuntimeTensor {
  return { dataType: 'float32', dims, data: Float32Array.from(values) }
}

function rows(tensor: RuntimeTensor | undefined, layer: Partial<LinearLayer>): number[][] {
  return [...layerInputRows(tensor, linearLayer(layer))].map((chunk) => [...chunk])
}

describe('layerInputRows', () => {
  it('reads features on the last axis, for a pointwise Conv on the second, and patches for any other', () => {
    expect(rows(feed([2, 2], 1, 2, 3, 4), { inFeatures: 2 })).toEqual([[1, 2, 3, 4]])
    // Two recordings, two channels, two positions.
    const twice = feed([2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8)
    expect(rows(twice, { operator: 'Conv', inFeatures: 2 })).toEqual([[1, 3, 2, 4, 5, 7, 6, 8]])
    const patches = rows(feed([1, 2, 2], 1, 2, 3, 4), { operator: 'Conv', inFeatures: 4, window })
    expect(patches).toEqual([[0, 1, 0, 3, 1, 2, 3, 4]])
  })

  it('refuses indices, other types and what is missing', () => {
    expect(hasInputRows(embedding)).toBe(false)
    expect(() => rows(feed([1], 0), embedding)).toThrow(/is an embedding, which has no input rows/)
    expect(() => rows(undefined, {})).toThrow(/is missing, expected float32/)
    const ids: RuntimeTensor = { dataType: 'int64', dims: [1], data: BigInt64Array.of(0n) }
    expect(() => rows(ids, {})).toThrow(/is int64, expected float32/)
  })
})

describe('layerInputKey', () => {
  it('is one for layers that multiply the same rows, and differs where windows or axes do', () => {
    const conv = (facts: Partial<LinearLayer> = {}) => linearLayer({ operator: 'Conv', window, ...facts })
    const keys = [
      linearLayer(),
      linearLayer({ input: 'z' }),
      linearLayer({ operator: 'Conv' }),
      conv(),
      conv({ window: { ...window, kernel: [3] } }),
      conv({ window: { ...window, strides: [2] } }),
      conv({ window: { ...window, dilations: [2] } }),
      conv({ window: { ...window, pads: { begin: [0], end: [1] } } }),
      conv({ window: { ...window, pads: undefined, autoPad: 'SAME_UPPER' } })
    ].map(layerInputKey)
    expect(new Set(keys).size).toBe(keys.length)
    expect(layerInputKey(linearLayer({ operator: 'Gemm', id: 'another' }))).toBe(keys[0])
    expect(layerInputKey(conv({ id: 'another' }))).toBe(keys[3])
  })
})
