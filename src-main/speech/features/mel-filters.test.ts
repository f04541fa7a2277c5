import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hzToMel, melToHz, slaneyMelFilters } from './mel-filters'

interface Golden {
  readonly sumOverFrequencies: readonly number[]
  readonly sumOverFilters: readonly number[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/speech/mel-filters.json', import.meta.url), 'utf8')
) as Golden
const filters = slaneyMelFilters({ melBins: 80, fftLength: 400, sampleRateHz: 16000 })

describe('mel scale', () => {
  it.each([
    [0, 0],
    [200, 3],
    [1000, 15],
    [6400, 42]
  ])('puts %d Hz at %d mel', (hz, mel) => {
    // Only roundings of one logarithm lie between: 1e-12 relative is generous.
    expect(Math.abs(hzToMel(hz) - mel)).toBeLessThanOrEqual(1e-12 * 42)
    expect(Math.abs(melToHz(mel) - hz)).toBeLessThanOrEqual(1e-12 * 6400)
  })
})

describe('slaneyMelFilters', () => {
  it('agrees with the numpy matrix in every row sum and column sum', () => {
    // Sums of up to 201 entries below 0.026, each off by a few roundings.
    golden.sumOverFrequencies.forEach((expected, m) => {
      let sum = 0
      for (let k = 0; k < 201; k++) sum += filters[k * 80 + m]!
      expect(Math.abs(sum - expected)).toBeLessThan(1e-14)
    })
    golden.sumOverFilters.forEach((expected, k) => {
      let sum = 0
      for (let m = 0; m < 80; m++) sum += filters[k * 80 + m]!
      expect(Math.abs(sum - expected)).toBeLessThan(1e-14)
    })
  })

  it('gives each filter one rise and one fall', () => {
    for (let m = 0; m < 80; m++) {
      const column = Array.from({ length: 201 }, (_, k) => filters[k * 80 + m]!)
      const peak = column.indexOf(Math.max(...column))
      expect(column.every((value) => value >= 0)).toBe(true)
      expect(
        column.every((value, k) => k === 0 || (k <= peak ? value >= column[k - 1]! : value <= column[k - 1]!))
      ).toBe(true)
    }
  })

  it('refuses filters too narrow for the transform', () => {
    expect(() => slaneyMelFilters({ melBins: 128, fftLength: 128, sampleRateHz: 16000 })).toThrow(
      /lies between two frequencies of an FFT of length 128/
    )
  })
})
