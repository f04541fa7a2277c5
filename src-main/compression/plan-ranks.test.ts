import { describe, expect, it } from 'vitest'
import type { LatencyTable, SensitivityTable } from '@contract/rank-plan'
import { linearLayer } from '../../tests/helpers/linear-models'
import { allocateUniform } from './allocation/uniform'
import { layerMatrix } from './layer-matrix'
import { retainedParameterFraction } from './plan'
import { planRanks, type PlanRanksInputs, type RankOptions } from './plan-ranks'
import type { ModelCosts } from './pricing'

const square = { inFeatures: 64, outFeatures: 64 }
const layers = [
  linearLayer({ id: 'steep', nodeOutput: 'steep', weightName: 'steep', ...square }),
  linearLayer({ id: 'flat', nodeOutput: 'flat', weightName: 'flat', ...square })
]
const [steep, flat] = layers
/** The first layer's energy lies in a few directions, the second's in all of them. */
const spectra = new Map([
  [layerMatrix(steep!), { singularValues: Float64Array.from({ length: 64 }, (_, i) => 0.5 ** i) }],
  [layerMatrix(flat!), { singularValues: Float64Array.from({ length: 64 }, (_, i) => 1 - i / 1000) }]
])

/** 10 rows of input to `steep`, 30 to `flat`; the rest of the model costs as much as half a layer. */
const macs = { total: 42 * 4096, perNode: new Map([['steep', 10 * 4096], ['flat', 30 * 4096]]) } // prettier-ignore
const costs: ModelCosts = {
  parameterCount: 2.5 * 4096,
  precision: 'float32',
  sizeBytes: { original: 4 * 2.5 * 4096, dense: 4 * 2.5 * 4096 },
  macs
}

type BudgetOptions = Exclude<RankOptions, { policy: 'manual' }>

function budget(changes: Partial<BudgetOptions> = {}): BudgetOptions {
  return {
    policy: 'uniform',
    retainedFraction: 0.5,
    budgetUnit: 'parameters',
    budgetScope: 'layers',
    rankMultiple: 1,
    minimumRank: 1,
    ...changes
  }
}

function planned(options: RankOptions, changes: Partial<PlanRanksInputs> = {}) {
  return planRanks({ layers, spectra, options, costs, ...changes })
}

function ranks(options: RankOptions, changes: Partial<PlanRanksInputs> = {}): (number | undefined)[] {
  return planned(options, changes).plan.map(({ rank }) => rank)
}

const refusal = expect.objectContaining({ code: 'invalid-input' }) as unknown

describe('planRanks over the parameters of the layers', () => {
  it.each([1, 0.97, 0.6471, 0.5, 0.2986, 0.01])(
    'gives under uniform what allocateUniform gives at %d',
    (fraction) => {
      for (const rankMultiple of [1, 4, 16]) {
        const expected = allocateUniform(layers, { retainedParameterFraction: fraction, rankMultiple })
        expect(ranks(budget({ retainedFraction: fraction, rankMultiple }))).toEqual(expected)
      }
    }
  )

  it.each(['energy', 'water-filling', 'effective-rank'] as const)(
    'spends no more than uniform does under %s, and moves rank to where the energy is spread',
    (policy) => {
      const { plan } = planned(budget({ policy }))
      const uniform = planned(budget())
      expect(retainedParameterFraction(plan)).toBeLessThanOrEqual(retainedParameterFraction(uniform.plan))
      const [steepRank, flatRank] = plan.map(({ rank }) => rank ?? 64)
      expect(steepRank).toBeLessThan(flatRank!)
    }
  )

  it('keeps the minimum rank under every policy', () => {
    for (const policy of ['uniform', 'water-filling', 'energy', 'effective-rank'] as const) {
      const found = ranks(budget({ policy, retainedFraction: 0.3, minimumRank: 12, rankMultiple: 8 }))
      expect(found, policy).toEqual([16, 16])
    }
    expect(ranks(budget({ minimumRank: 40 }))).toEqual([undefined, undefined])
  })

  it('spends where the measured damage is undone', () => {
    const points = (damage: number) => [{ rank: 8, damage }, { rank: 24, damage: damage / 4 }] // prettier-ignore
    const sensitivities: SensitivityTable = {
      sensitivityTableVersion: 1,
      measure: 'kl-divergence',
      layers: [
        { layerId: 'steep', points: points(1) },
        { layerId: 'flat', points: points(0.1) }
      ]
    }
    const options = budget({ policy: 'sensitivity' })
    expect(ranks(options, { sensitivities })).toEqual([24, 8])
    expect(() => planned(options)).toThrow(refusal)
  })

  it('says what it was given and what it promises', () => {
    const {
      policy,
      budget: given,
      predicted,
      decisions,
      allocation
    } = planned(budget({ policy: 'water-filling' }))
    expect(policy).toEqual({ name: 'water-filling', version: 1 })
    expect(given).toEqual({ unit: 'parameters', limit: 4096, remainder: 0 })
    expect(predicted).toMatchObject({ unit: 'parameters', denseCost: 8192 })
    expect(predicted!.relativeError).toBe(allocation.predictedError)
    expect(decisions.map(({ layerIds }) => layerIds)).toEqual([['steep'], ['flat']])
  })
})

describe('planRanks over other budgets', () => {
  it('counts the rest of the model where the fraction is one of the whole', () => {
    // Half of 2.5 layers, of which half a layer cannot be saved: three quarters of a layer for both, 24 · 128 = 3072.
    const { plan, budget: given } = planned(budget({ budgetScope: 'model' }))
    expect(given).toEqual({ unit: 'parameters', limit: 5120, remainder: 2048 })
    expect(plan.map(({ rank }) => rank)).toEqual([12, 12])
    expect(() => planned(budget({ budgetScope: 'model', retainedFraction: 0.2 }))).toThrow(refusal)
  })

  it('counts bytes before as they are stored and afterwards as they will be', () => {
    const int8 = { ...costs, precision: 'int8', sizeBytes: { original: 40_960, dense: 11_000 } } as const
    const dense = ranks(budget({ budgetUnit: 'bytes', retainedFraction: 0.27 }), { costs: int8 })
    expect(dense).toEqual([undefined, undefined])
    const { predicted, budget: given } = planned(budget({ budgetUnit: 'bytes', retainedFraction: 0.1 }), {
      costs: int8
    })
    expect(given!.limit).toBeCloseTo(3276.8, 9)
    expect(predicted!.cost).toBeLessThanOrEqual(3276.8)
    expect(planned(budget({ budgetUnit: 'bytes', budgetScope: 'model' }), { costs: int8 }).budget).toEqual({
      unit: 'bytes',
      limit: 20_480,
      remainder: 11_000 - 2 * (4096 + 5 * 64)
    })
  })

  it('spends multiply-accumulates where they are', () => {
    const {
      predicted,
      budget: given,
      plan
    } = planned(budget({ policy: 'water-filling', budgetUnit: 'macs', budgetScope: 'model' }))
    expect(given).toEqual({ unit: 'macs', limit: 21 * 4096, remainder: 2 * 4096 })
    expect(predicted!.cost).toBeLessThanOrEqual(19 * 4096)
    expect(plan[0]!.rank ?? 64).toBeGreaterThan(0)
  })

  it('plans for measured milliseconds, in steps of the machine', () => {
    const shape = (rows: number) => ({
      ...square,
      rows,
      denseMilliseconds: rows,
      points: [8, 16, 24, 32].map((rank) => ({ rank, milliseconds: (rows * rank) / 32 }))
    })
    const table: LatencyTable = {
      latencyTableVersion: 1,
      conditions: { processor: 'p', runtime: 'r', threads: 1, precision: 'float32' },
      interpolation: 'step',
      shapes: [shape(10), shape(30)]
    }
    const timed = { ...costs, latency: { table, modelMilliseconds: 50 } }
    const { plan, predicted } = planned(budget({ budgetUnit: 'milliseconds', rankMultiple: 8 }), {
      costs: timed
    })
    expect(plan.map(({ rank }) => rank)).toEqual([16, 16])
    expect(predicted!.cost).toBe(20)
    const whole = planned(budget({ budgetUnit: 'milliseconds', budgetScope: 'model' }), { costs: timed })
    expect(whole.budget).toEqual({ unit: 'milliseconds', limit: 25, remainder: 10 })
    expect(whole.predicted!.cost).toBeLessThanOrEqual(15)
  })

  it('gives no rank to a layer without a product when operations are counted', () => {
    const perNode = new Map([['flat', 4096]])
    const found = ranks(budget({ budgetUnit: 'macs' }), {
      costs: { ...costs, macs: { total: 4096, perNode } }
    })
    expect(found).toEqual([undefined, 16])
  })

  it.each(['bytes', 'macs', 'milliseconds'] as const)(
    'refuses a unit that has no figures: %s',
    (budgetUnit) => {
      const bare = { parameterCount: 10, precision: 'float32' } as const
      expect(() => planned(budget({ budgetUnit, budgetScope: 'model' }), { costs: bare })).toThrow(refusal)
    }
  )

  it.each([0, 1.5, NaN])('refuses the fraction %d', (retainedFraction) => {
    expect(() => planned(budget({ retainedFraction }))).toThrow(refusal)
  })
})

describe('planRanks by hand', () => {
  it('takes the map as it is and predicts its loss', () => {
    const {
      plan,
      budget: given,
      policy,
      predicted
    } = planned({ policy: 'manual', rankMap: { steep: 50, flat: 'dense' } })
    expect(plan.map(({ rank }) => rank)).toEqual([50, undefined])
    expect(given).toBeNull()
    expect(policy.name).toBe('manual')
    expect(predicted).toMatchObject({ unit: 'parameters', cost: 50 * 128 + 4096 })
  })

  it('refuses a layer that is not there', () => {
    expect(() => planned({ policy: 'manual', rankMap: { gone: 1 } })).toThrow(refusal)
  })
})
