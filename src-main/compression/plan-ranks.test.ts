import { describe, expect, it } from 'vitest'
import { linearLayer } from '../../tests/helpers/linear-models'
import { layerMatrix } from './layer-matrix'
import { retainedParameterFraction } from './plan'
import { planRanks } from './plan-ranks'

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

describe('planRanks', () => {
  it('gives every layer the same fraction under uniform', () => {
    const plan = planRanks(layers, spectra, {
      rankPolicy: 'uniform',
      retainedParameterFraction: 0.5,
      rankMultiple: 1
    })
    expect(plan.map(({ rank }) => rank)).toEqual([16, 16])
  })

  it.each(['energy', 'water-filling', 'effective-rank'] as const)(
    'spends no more than uniform does under %s, and moves rank to where the energy is spread',
    (rankPolicy) => {
      const options = { retainedParameterFraction: 0.5, rankMultiple: 1 }
      const plan = planRanks(layers, spectra, { rankPolicy, ...options })
      const uniform = planRanks(layers, spectra, { rankPolicy: 'uniform', ...options })
      expect(retainedParameterFraction(plan)).toBeLessThanOrEqual(retainedParameterFraction(uniform))
      const [steepRank, flatRank] = plan.map(({ rank }) => rank ?? 64)
      expect(steepRank).toBeLessThan(flatRank!)
    }
  )
})
