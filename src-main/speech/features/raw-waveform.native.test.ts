import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../onnx/serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { rawWaveformModel } from './raw-waveform'

async function frontEnd(samples: Float32Array, normalize: boolean) {
  const bytes = encodeModel(rawWaveformModel({ normalize }))
  const session = await createOrtBackend().open({ kind: 'bytes', bytes })
  try {
    const { features } = await session.run({
      waveform: { dataType: 'float32', dims: [1, samples.length], data: samples }
    })
    if (features?.dataType !== 'float32') throw new Error('expected float32 features')
    return features
  } finally {
    await session.release()
  }
}

const samples = Float32Array.from({ length: 1000 }, (_, t) => (((t * 7919) % 1000) / 1000 - 0.2) * 1e-2)

describe('rawWaveformModel', () => {
  it('hands the samples on when it does not normalize', async () => {
    const features = await frontEnd(samples, false)
    expect(features.dims).toEqual([1, 1000])
    expect(features.data).toEqual(samples)
  })

  it('gives zero mean and variance v / (v + 1e-7) when it normalizes', async () => {
    const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length
    const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length
    const { data } = await frontEnd(samples, true)
    const expected = samples.map((x) => (x - mean) / Math.sqrt(variance + 1e-7))
    // float64 on both sides, one float32 rounding of values below 2.
    data.forEach((value, t) => expect(Math.abs(value - expected[t]!)).toBeLessThan(2.5e-7))
  })

  it('keeps silence silent', async () => {
    expect(new Set((await frontEnd(new Float32Array(50), true)).data)).toEqual(new Set([0]))
  })
})
