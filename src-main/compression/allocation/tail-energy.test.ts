import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { randomSpectrum } from '../../../tests/helpers/allocation-layers'
import { relativeTail, relativeTails } from './tail-energy'

const spectrum = { singularValues: Float64Array.of(3, 2, 1) }

describe('relativeTails', () => {
  it('is the discarded share of the squares at every rank', () => {
    expect([...relativeTails(spectrum)]).toEqual([1, 5 / 14, 1 / 14, 0])
  })

  it('divides by the output energy where it is given', () => {
    expect([...relativeTails({ ...spectrum, outputEnergy: 20 })]).toEqual([14 / 20, 5 / 20, 1 / 20, 0])
  })

  it('has nothing to lose in a layer without output', () => {
    expect([...relativeTails({ singularValues: new Float64Array(2) })]).toEqual([0, 0, 0])
    expect(relativeTail({ singularValues: new Float64Array(2) }, 1)).toBe(0)
  })

  it('keeps all digits of a tail far below rounding of the whole', () => {
    // 1 − kept ÷ whole would be 0 here: 1 + 4e-20 is 1 in float64.
    expect(relativeTails({ singularValues: Float64Array.of(1, 2e-10) })[1]).toBeCloseTo(4e-20, 32)
  })
})

describe('relativeTail', () => {
  it('agrees with the curve at every rank', () => {
    const singularValues = randomSpectrum(createPrng(5), 40)
    for (const outputEnergy of [undefined, 1e5]) {
      const layer = outputEnergy === undefined ? { singularValues } : { singularValues, outputEnergy }
      const tails = relativeTails(layer)
      // Two orders of summation differ by rounding only.
      for (let r = 0; r <= 40; r++) expect(relativeTail(layer, r) - tails[r]!).toBeCloseTo(0, 14)
    }
  })
})
