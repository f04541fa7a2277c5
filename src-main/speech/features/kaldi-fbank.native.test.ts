import { describe, expect, it } from 'vitest'
import { largestDifference, readGoldenFeatures, runFrontEnd } from '../../../tests/helpers/front-end-golden'
import { kaldiFbankModel, type KaldiFbankParameters } from './kaldi-fbank'

const mirrored: KaldiFbankParameters = {
  melBins: 80,
  sampleRateHz: 16000,
  frameLength: 400,
  hopLength: 160,
  lowFrequencyHz: 20,
  highFrequencyHz: 7600,
  sampleScale: 1,
  snipEdges: false
}
const variants: Readonly<Record<string, KaldiFbankParameters>> = {
  'mirrored ends': mirrored,
  'whole frames, 16-bit counts': { ...mirrored, highFrequencyHz: 8000, sampleScale: 32768, snipEdges: true }
}

describe('kaldiFbankModel', () => {
  it.each(readGoldenFeatures('kaldi-fbank.json'))(
    'equals the numpy filter bank: $signal, $variant',
    async ({ variant, samples, shape, values }) => {
      const features = await runFrontEnd(kaldiFbankModel(variants[variant]!), samples)
      expect(features.dims).toEqual([1, ...shape])
      // float64 on both sides; the last cast rounds values below 32 by at most 9.6e-7.
      expect(largestDifference(features.data, values)).toBeLessThan(2e-6)
    }
  )

  it('gives silence the floor ln 2^-23 everywhere', async () => {
    const { data, dims } = await runFrontEnd(kaldiFbankModel(mirrored), new Float32Array(1600))
    expect(dims).toEqual([1, 10, 80])
    expect(new Set(data)).toEqual(new Set([Math.fround(Math.log(2 ** -23))]))
  })

  it.each([
    [400, 1, 3],
    [559, 1, 3],
    [560, 2, 4]
  ])('makes of %d samples %d whole frames, or %d with mirrored ends', async (samples, whole, centred) => {
    const waveform = Float32Array.from({ length: samples }, (_, t) => Math.sin(t))
    const snipped = { ...mirrored, snipEdges: true }
    expect((await runFrontEnd(kaldiFbankModel(snipped), waveform)).dims[1]).toBe(whole)
    expect((await runFrontEnd(kaldiFbankModel(mirrored), waveform)).dims[1]).toBe(centred)
  })

  it.each([
    ['a band beyond half the sample rate', { highFrequencyHz: 8001 }],
    ['an empty band', { lowFrequencyHz: 7600 }],
    ['a hop beyond the frame', { hopLength: 401 }],
    ['a fractional frame', { frameLength: 399.5 }],
    ['a scale of zero', { sampleScale: 0 }]
  ])('refuses %s', (_, changes) => {
    expect(() => kaldiFbankModel({ ...mirrored, ...changes })).toThrow(
      /^Kaldi filter banks need a hop within/
    )
  })
})
