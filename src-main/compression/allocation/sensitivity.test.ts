import { describe, expect, it } from 'vitest'
import type { SensitivityTable } from '@contract/rank-plan'
import { createPrng } from '../../base/prng'
import { pricedLayer, randomLayers } from '../../../tests/helpers/allocation-layers'
import { noConstraints, type PricedLayer } from './allocation'
import { permittedRanks } from './permitted-ranks'
import { allocateRanks } from './policies'
import { relativeTails } from './tail-energy'

type Curves = Readonly<Record<string, readonly (readonly [number, number])[]>>

function table(curves: Curves): SensitivityTable {
  return {
    sensitivityTableVersion: 1,
    measure: 'kl-divergence',
    layers: Object.entries(curves).map(([layerId, points]) => ({
      layerId,
      points: points.map(([rank, damage]) => ({ rank, damage }))
    }))
  }
}

const layer = (id: string, more: Partial<PricedLayer> = {}) =>
  pricedLayer(id, [40, 40], new Array<number>(40).fill(1), more)

function at(layers: readonly PricedLayer[], budget: number, curves: Curves, constraints = noConstraints) {
  return allocateRanks('sensitivity', { layers, constraints, budget, sensitivities: table(curves) }).ranks
}

// A rank costs 80, dense 1600.
const curves: Curves = {
  a: [
    [4, 1],
    [8, 0.5],
    [16, 0.1]
  ],
  b: [
    [4, 0.2],
    [8, 0.1],
    [16, 0.05]
  ]
}

describe('sensitivity', () => {
  it('undoes most damage per cost first', () => {
    const layers = [layer('a'), layer('b')]
    expect(at(layers, 8 * 80, curves)).toEqual([4, 4])
    // a: 0.5 for 4 ranks, then 0.4 for 8; b: 0.1 for 4, 0.05 for 8. Dense: a 0.1, b 0.05 for 4.
    expect(at(layers, 12 * 80, curves)).toEqual([8, 4])
    expect(at(layers, 20 * 80, curves)).toEqual([16, 4])
    expect(at(layers, 24 * 80, curves)).toEqual([undefined, 4])
    expect(at(layers, 28 * 80, curves)).toEqual([undefined, 8])
  })

  it('skips a rank that lies above the hull, unless nothing else fits', () => {
    const bumpy = {
      ...curves,
      a: [
        [4, 1],
        [8, 0.99],
        [12, 0.1]
      ] as const
    }
    expect(at([layer('a'), layer('b')], 16 * 80, bumpy)).toEqual([12, 4])
    // 4 more ranks: the step of a to 12 does not fit; b saves 0.1 with them, a only 0.01.
    expect(at([layer('a'), layer('b')], 12 * 80, bumpy)).toEqual([4, 8])
  })

  it('agrees with water filling when the damage is the relative error of every rank', () => {
    const layers = randomLayers(createPrng(21), 8, 40)
    const errors = Object.fromEntries(
      layers.map((given) => {
        const tails = relativeTails(given)
        const { largest } = permittedRanks(given, noConstraints) ?? { largest: 0 }
        // A layer without permitted ranks needs some entry all the same.
        const count = Math.max(1, largest)
        return [given.layerIds[0], Array.from({ length: count }, (_, i) => [i + 1, tails[i + 1]!] as const)]
      })
    )
    const dense = layers.reduce((sum, { cost }) => sum + cost.dense, 0)
    for (const fraction of [0.3, 0.5, 0.8]) {
      const budget = Math.round(fraction * dense)
      expect(at(layers, budget, errors)).toEqual(
        allocateRanks('water-filling', { layers, constraints: noConstraints, budget }).ranks
      )
    }
  })

  it('uses only permitted ranks', () => {
    const constraints = { ...noConstraints, rankMultiple: 8 }
    expect(at([layer('a'), layer('b')], 20 * 80, curves, constraints)).toEqual([8, 8])
    expect(
      at(
        [layer('a')],
        15 * 80,
        {
          a: [
            [8, 0.5],
            [12, 0.1]
          ]
        },
        constraints
      )
    ).toEqual([8])
    expect(at([layer('a')], 1600, { a: [[20, 0.1]] })).toEqual([undefined])
  })

  it('needs no measurement of a protected layer, and takes that of any layer that shares the matrix', () => {
    const constraints = { ...noConstraints, keepDense: new Set(['p']) }
    const layers = [layer('p'), layer('x', { layerIds: ['x', 'a'] })]
    expect(at(layers, 1600 + 640, { a: curves['a']! }, constraints)).toEqual([undefined, 8])
  })

  it('names a layer that was not measured or that is in the table twice', () => {
    expect(() => at([layer('c')], 1600, curves)).toThrow("holds nothing about layer 'c'")
    expect(() =>
      at([layer('a')], 1600, {
        a: [
          [4, 1],
          [4, 2]
        ]
      })
    ).toThrow("holds layer 'a' at rank 4 twice")
  })
})
