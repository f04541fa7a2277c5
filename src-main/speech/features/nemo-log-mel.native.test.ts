import { describe, expect, it } from 'vitest'
import { largestDifference, readGoldenFeatures, runFrontEnd } from '../../../tests/helpers/front-end-golden'
import { nemoLogMelModel, type NemoLogMelParameters } from './nemo-log-mel'

const conformer: NemoLogMelParameters = {
  melBins: 80,
  sampleRateHz: 16000,
  fftLength: 512,
  windowLength: 400,
  hopLength: 160,
  normalize: 'per-feature'
}
const unnormalized: NemoLogMelParameters = { ...conformer, normalize: 'none' }

describe('nemoLogMelModel', () => {
  it.each(readGoldenFeatures('nemo-log-mel.json'))(
    'equals the numpy preprocessor: $signal, $variant',
    async ({ variant, samples, shape, values }) => {
      const normalize = variant === 'none' ? 'none' : 'per-feature'
      const features = await runFrontEnd(nemoLogMelModel({ ...conformer, normalize }), samples)
      expect(features.dims).toEqual([1, ...shape])
      // float64 on both sides; the last cast rounds values below 32 by at most 9.6e-7.
      expect(largestDifference(features.data, values)).toBeLessThan(2e-6)
    }
  )

  it('gives silence ln 2^-24, or zero when normalized', async () => {
    const silence = new Float32Array(1600)
    const bare = await runFrontEnd(nemoLogMelModel(unnormalized), silence)
    expect(bare.dims).toEqual([1, 80, 10])
    expect(new Set(bare.data)).toEqual(new Set([Math.fround(Math.log(2 ** -24))]))
    const { data } = await runFrontEnd(nemoLogMelModel(conformer), silence)
    // The rounding of a mean of ten equal numbers near -17, divided by the guard 1e-5.
    expect(largestDifference(data, new Float32Array(800))).toBeLessThan(4e-9)
  })

  it('gives a single frame zeros when normalized, not a division by zero', async () => {
    const waveform = Float32Array.from({ length: 200 }, (_, t) => Math.sin(t))
    const features = await runFrontEnd(nemoLogMelModel(conformer), waveform)
    expect(features.dims).toEqual([1, 80, 1])
    expect(new Set(features.data)).toEqual(new Set([0]))
  })

  it.each([
    ['a window beyond the transform', { windowLength: 514 }],
    ['an odd window', { windowLength: 399 }],
    ['a hop beyond the window', { hopLength: 401 }],
    ['no filters', { melBins: 0 }]
  ])('refuses %s', (_, changes) => {
    expect(() => nemoLogMelModel({ ...conformer, ...changes })).toThrow(/^NeMo features need an even FFT/)
  })
})
