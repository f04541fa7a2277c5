import { describe, expect, it } from 'vitest'
import { spectrumCurve } from '../../src-main/engine/jobs/describe-spectra'
import { discardedShare, rankOutcome } from './rank-outcome'

describe('the share that a rank discards', () => {
  it('is that of the spectrum at every listed rank', () => {
    const curve = spectrumCurve(Float64Array.of(4, 3, 0))
    expect([0, 1, 2, 3, 9].map((rank) => discardedShare(curve, rank))).toEqual([1, 9 / 25, 0, 0, 0])
  })

  it('lies on a straight line between listed ranks of a long spectrum', () => {
    const curve = { indices: [0, 10, 20], discardedShares: [1, 0.5, 0.1], length: 24 }
    const share = (rank: number) =>
      discardedShare({ ...curve, singularValues: [], energy: 1, effectiveRank: 1 }, rank)
    expect(share(5)).toBeCloseTo(0.75, 12)
    expect(share(15)).toBeCloseTo(0.3, 12)
    // After the last listed value it goes down to nothing at full rank.
    expect(share(22)).toBeCloseTo(0.05, 12)
    expect(share(24)).toBe(0)
  })

  it('falls, and is close to the exact one, where a spectrum is thinned out', () => {
    const values = Float64Array.from({ length: 1000 }, (_, index) => 0.99 ** index)
    const curve = spectrumCurve(values)
    const energy = (from: number) => values.slice(from).reduce((sum, value) => sum + value * value, 0)
    let before = 1
    for (let rank = 1; rank <= 1000; rank++) {
      const share = discardedShare(curve, rank)
      expect(share).toBeLessThanOrEqual(before)
      // A chord over 4 ranks of 0.99^2r: far below what a slider shows.
      expect(Math.abs(share - energy(rank) / energy(0))).toBeLessThan(1e-3)
      before = share
    }
  })
})

describe('what a rank makes of a layer', () => {
  const layer = { inFeatures: 8, outFeatures: 4, macsPerAudioSecond: 3200 }
  const weight = spectrumCurve(Float64Array.of(2, 1, 1, 0))

  it('is counted in factors', () => {
    expect(rankOutcome(layer, { weight, activationWeighted: null }, 2)).toEqual({
      parameters: 24,
      float32Bytes: 96,
      int8Bytes: 24,
      macsPerAudioSecond: 2400,
      error: { weights: 1 / 6, activations: null }
    })
  })

  it('is the layer itself without a rank, with no error', () => {
    const dense = rankOutcome(layer, { weight, activationWeighted: weight }, null)
    expect(dense).toMatchObject({
      parameters: 32,
      macsPerAudioSecond: 3200,
      error: { weights: 0, activations: 0 }
    })
  })

  it('predicts nothing where nothing was decomposed or counted', () => {
    const unknown = rankOutcome({ ...layer, macsPerAudioSecond: null }, undefined, 2)
    expect(unknown).toMatchObject({ macsPerAudioSecond: null, error: { weights: null, activations: null } })
  })
})
