import { describe, expect, it } from 'vitest'
import { rankPolicies } from '@contract/rank-plan'
import { createPrng } from '../../base/prng'
import { pricedLayer, randomLayers } from '../../../tests/helpers/allocation-layers'
import { noConstraints, type RankConstraints } from './allocation'
import { permittedRanks } from './permitted-ranks'
import { allocateRanks, rankPolicyTable } from './policies'
import { allocateUniform } from './uniform'

const fromSpectra = ['uniform', 'energy', 'water-filling', 'effective-rank'] as const

const layers = randomLayers(createPrng(31), 24, 150)
const dense = layers.reduce((sum, { cost }) => sum + cost.dense, 0)
const constraintSets: readonly (readonly [string, RankConstraints])[] = [
  ['no constraints', noConstraints],
  ['multiples of 8', { ...noConstraints, rankMultiple: 8 }],
  ['a minimum', { ...noConstraints, minimumRank: 5, rankMultiple: 2 }],
  ['protected layers', { ...noConstraints, keepDense: new Set(['layer.0', 'layer.23']) }]
]
const cases = fromSpectra.flatMap((policy) =>
  constraintSets.map(([name, constraints]) => ({ policy, name, constraints }))
)

describe('rankPolicyTable', () => {
  it('has every policy of the contract under its name', () => {
    expect(Object.keys(rankPolicyTable)).toEqual([...rankPolicies])
    for (const name of rankPolicies) expect(rankPolicyTable[name].name).toBe(name)
  })

  it.each(rankPolicies)('says what %s needs', (policy) => {
    const needs = rankPolicyTable[policy].needs
    const allocate = () => allocateRanks(policy, { layers, constraints: noConstraints })
    if (needs.length === 0) expect(allocate).not.toThrow()
    else expect(allocate).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})

describe.each(cases)('$policy with $name', ({ policy, constraints }) => {
  const budgets = [0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1].map((fraction) =>
    Math.floor(fraction * dense)
  )
  const allocations = budgets.map((budget) => allocateRanks(policy, { layers, constraints, budget }))

  it('keeps the budget', () => {
    allocations.forEach(({ cost }, index) => expect(cost).toBeLessThanOrEqual(budgets[index]!))
    expect(allocations.at(-1)!.cost).toBe(dense)
  })

  it('gives permitted ranks only', () => {
    for (const { ranks } of allocations) {
      ranks.forEach((rank, index) => {
        if (rank === undefined) return
        const { smallest, largest, step } = permittedRanks(layers[index]!, constraints)!
        expect(rank >= smallest && rank <= largest && rank % step === 0).toBe(true)
      })
    }
  })

  it('costs no less and loses no more with a larger budget', () => {
    for (let i = 1; i < allocations.length; i++) {
      const [smaller, larger] = [allocations[i - 1]!, allocations[i]!]
      expect(larger.predictedError).toBeLessThanOrEqual(smaller.predictedError)
      if (policy !== 'water-filling') expect(larger.cost).toBeGreaterThanOrEqual(smaller.cost)
    }
  })

  it('is deterministic', () => {
    expect(allocateRanks(policy, { layers, constraints, budget: budgets[3]! })).toEqual(allocations[3])
  })
})

describe('allocateRanks', () => {
  it('prices and predicts what it decided', () => {
    const [a, b] = [pricedLayer('a', [4, 4], [3, 2, 1, 0]), pricedLayer('b', [4, 4], [1, 1, 1, 1])]
    const shared = { ...a, layerIds: ['a', 'a2'] as const }
    expect(
      allocateRanks('manual', { layers: [shared, b], rankMap: { a: 1 }, constraints: noConstraints })
    ).toEqual({
      ranks: [1, undefined],
      cost: 8 + 16,
      denseCost: 32,
      predictedError: (2 * 5) / 14,
      perLayer: [
        { cost: 8, relativeError: 5 / 14 },
        { cost: 16, relativeError: 0 }
      ]
    })
  })

  it.each(fromSpectra)('gives identical layers what uniform gives them: %s', (policy) => {
    // Falls so fast that no jump to dense is worth it below rank 40 of 47.
    const spectrum = Array.from({ length: 96 }, (_, i) => Math.exp(-i / 3))
    const identical = ['a', 'b', 'c', 'd', 'e'].map((id) => pricedLayer(id, [96, 96], spectrum))
    for (const retainedParameterFraction of [0.1, 0.25, 0.5, 0.75]) {
      const uniform = allocateUniform(identical, { retainedParameterFraction })
      const budget = uniform.reduce<number>((sum, rank) => sum + rank! * 192, 0)
      expect(allocateRanks(policy, { layers: identical, constraints: noConstraints, budget }).ranks).toEqual(
        uniform
      )
    }
  })

  it('predicts least error for water filling', () => {
    for (const fraction of [0.4, 0.5, 0.6, 0.7, 0.8]) {
      const errorOf = (policy: (typeof fromSpectra)[number]) =>
        allocateRanks(policy, { layers, constraints: noConstraints, budget: fraction * dense }).predictedError
      const least = errorOf('water-filling')
      for (const policy of fromSpectra) expect(least).toBeLessThanOrEqual(errorOf(policy))
    }
  })

  it('leaves a weight dense that must stay stored anyway, in a budget of parameters', () => {
    const kept = pricedLayer(
      'a',
      [12, 12],
      Array.from({ length: 12 }, (_, i) => 12 - i),
      { keepsDenseWeight: true }
    )
    for (const policy of fromSpectra) {
      expect(
        allocateRanks(policy, { layers: [kept], constraints: noConstraints, budget: 144 }).ranks
      ).toEqual([undefined])
    }
  })

  it('has nothing to decide about no layers', () => {
    for (const policy of fromSpectra) {
      expect(allocateRanks(policy, { layers: [], constraints: noConstraints, budget: 1 }).ranks).toEqual([])
    }
  })

  const good = pricedLayer('a', [2, 2], [2, 1])
  it.each([
    ['a multiple of 0', [good], { rankMultiple: 0 }, 'invalid-input', 'rankMultiple'],
    ['a broken minimum', [good], { minimumRank: 1.5 }, 'invalid-input', 'minimumRank'],
    ['an unknown protected layer', [good], { keepDense: new Set(['x']) }, 'invalid-input', "'x'"],
    ['an id that occurs twice', [good, good], {}, 'internal', "'a'"],
    ['a spectrum of another length', [pricedLayer('b', [2, 2], [1])], {}, 'internal', "'b'"],
    ['an ascending spectrum', [pricedLayer('b', [2, 2], [1, 2])], {}, 'numerical', "'b'"],
    ['NaN', [pricedLayer('b', [2, 2], [1, NaN])], {}, 'numerical', "'b'"],
    ['an infinite spectrum', [pricedLayer('b', [2, 2], [Infinity, 1])], {}, 'numerical', "'b'"],
    ['a broken energy', [pricedLayer('b', [2, 2], [2, 1], { outputEnergy: NaN })], {}, 'numerical', "'b'"]
  ])('refuses %s', (_, given, constraints, code, message) => {
    expect(() =>
      allocateRanks('uniform', {
        layers: given,
        constraints: { ...noConstraints, ...constraints },
        budget: 100
      })
    ).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }))
  })
})
