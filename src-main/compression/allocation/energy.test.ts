import { describe, expect, it } from 'vitest'
import { pricedLayer } from '../../../tests/helpers/allocation-layers'
import { noConstraints, type LayerSpectrum, type PricedLayer } from './allocation'
import { liteAsrThresholds } from './energy'
import { allocateRanks } from './policies'

/** Kept energy 0.5, 0.75, 0.875, ... of a layer [40, 40], break-even 19. */
function halving(id: string, more: Partial<LayerSpectrum> = {}): PricedLayer {
  return pricedLayer(
    id,
    [40, 40],
    Array.from({ length: 40 }, (_, i) => 2 ** (-i / 2)),
    more
  )
}

function ranksFor(layers: readonly PricedLayer[], threshold: number, rankMultiple = 1) {
  return allocateRanks('energy', {
    layers,
    constraints: { ...noConstraints, rankMultiple },
    energyThresholds: { byRole: {}, otherwise: threshold }
  }).ranks
}

describe('energy threshold', () => {
  it('takes the smallest rank that keeps more', () => {
    // Σ is 2 − 2^-39, so that rank r keeps a little more than 1 − 2^-r.
    expect(ranksFor([halving('a')], 0.74)).toEqual([2])
    expect(ranksFor([halving('a')], 0.76)).toEqual([3])
    expect(ranksFor([halving('a')], 0)).toEqual([1])
  })

  it('must be exceeded, not met', () => {
    // Four equal values keep exactly 1/4 each.
    const equal = pricedLayer('a', [40, 40], [1, 1, 1, 1, ...new Array<number>(36).fill(0)])
    expect(ranksFor([equal], 0.5)).toEqual([3])
  })

  it('rounds up to the multiple and falls back to dense above break-even', () => {
    expect(ranksFor([halving('a')], 0.76, 8)).toEqual([8])
    expect(ranksFor([halving('a')], 1 - 2 ** -17.5, 1)).toEqual([18])
    expect(ranksFor([halving('a')], 1 - 2 ** -17.5, 8)).toEqual([undefined])
    expect(ranksFor([halving('a')], 1)).toEqual([undefined])
  })

  it('does not depend on the output energy, which holds the mean too', () => {
    expect(ranksFor([halving('a', { outputEnergy: 100 })], 0.76)).toEqual([3])
  })

  it('gives a layer without output the smallest rank', () => {
    expect(ranksFor([pricedLayer('a', [40, 40], new Array<number>(40).fill(0))], 0.999, 8)).toEqual([8])
  })

  it('uses the thresholds of LiteASR by role when none are given', () => {
    const layers = [halving('q', { role: 'q' }), halving('fc1', { role: 'fc1' })]
    // 2^-7 < 0.01 ≤ 2^-6 and 2^-10 < 0.001 ≤ 2^-9.
    expect(allocateRanks('energy', { layers, constraints: noConstraints }).ranks).toEqual([7, 10])
    expect(liteAsrThresholds.otherwise).toBe(0.999)
  })

  it('lowers all thresholds to a budget, losses in proportion', () => {
    const layers = [halving('q', { role: 'q' }), halving('fc1', { role: 'fc1' })]
    const at = (budget: number) =>
      allocateRanks('energy', { layers, constraints: noConstraints, budget }).ranks
    // A rank costs 80. A tenth of the loss is 3.32 halvings: with t from 1 down, q takes its 8th rank at t = 2^-7 / 0.01
    // = 0.78 and fc1 its 11th at t = 2^-10 / 0.001 = 0.977.
    expect(at(17 * 80)).toEqual([7, 10])
    expect(at(18 * 80)).toEqual([7, 11])
    expect(at(19 * 80)).toEqual([8, 11])
    expect(at(2 * 1600)).toEqual([undefined, undefined])
    expect(at(2 * 80)).toEqual([1, 1])
  })

  it('refuses a threshold outside 0..1', () => {
    expect(() => ranksFor([halving('a')], 1.5)).toThrow(
      "The energy threshold for 'other' must be from 0 to 1, got 1.5."
    )
  })
})
