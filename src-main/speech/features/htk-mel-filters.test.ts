import { describe, expect, it } from 'vitest'
import { htkMelFilters } from './htk-mel-filters'

const band = { melBins: 23, fftLength: 512, sampleRateHz: 16000, lowFrequencyHz: 20, highFrequencyHz: 7600 }

describe('htkMelFilters', () => {
  it('sums to 1 between the first and the last peak, as neighbouring triangles do', () => {
    const filters = htkMelFilters(band)
    const peak = (filter: number) => {
      const column = Array.from({ length: 257 }, (_, k) => filters[k * 23 + filter]!)
      return column.indexOf(Math.max(...column))
    }
    for (let k = peak(0) + 1; k < peak(22); k++) {
      const sum = filters.subarray(k * 23, (k + 1) * 23).reduce((total, value) => total + value, 0)
      // A difference of two logarithms divided by a step of some 110 mel.
      expect(Math.abs(sum - 1)).toBeLessThan(1e-13)
    }
  })

  it('hears nothing outside its band', () => {
    const filters = htkMelFilters(band)
    // Frequencies 31.25 Hz apart: only the one at 0 Hz lies below 20 Hz, 243.2 and beyond lie above 7600 Hz.
    const heard = Array.from({ length: 257 }, (_, k) =>
      filters.subarray(k * 23, (k + 1) * 23).some((value) => value > 0)
    )
    expect([heard[0], heard[1], heard[243], heard[244]]).toEqual([false, true, true, false])
  })

  it('puts 700 Hz at 1127 · ln 2 mel', () => {
    // Two corners above and below 700 Hz by the same number of mel: the peak of the only filter lies there.
    const mel = 1127 * Math.LN2
    const toHz = (value: number) => 700 * (Math.exp(value / 1127) - 1)
    const filters = htkMelFilters({
      melBins: 1,
      fftLength: 160,
      sampleRateHz: 16000,
      lowFrequencyHz: toHz(mel - 200),
      highFrequencyHz: toHz(mel + 200)
    })
    expect(Math.abs(filters[7]! - 1)).toBeLessThan(1e-12)
  })

  it('refuses filters too narrow for the transform', () => {
    expect(() => htkMelFilters({ ...band, melBins: 128, fftLength: 128 })).toThrow(
      /lies between two frequencies of an FFT of length 128/
    )
  })
})
