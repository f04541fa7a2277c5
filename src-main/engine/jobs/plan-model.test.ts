import { describe, expect, it } from 'vitest'
import { rankMapOf } from '@contract/rank-plan'
import { linearLayer } from '../../../tests/helpers/linear-models'
import { layerMatrix } from '../../compression/layer-matrix'
import { planModel, type PlanModelInputs } from './plan-model'

const layers = [
  linearLayer({ id: 'steep', weightName: 'v', inFeatures: 64, outFeatures: 64, role: 'q', blockIndex: 0 }),
  linearLayer({ id: 'flat', weightName: 'w', inFeatures: 64, outFeatures: 64 })
]
const inputs: PlanModelInputs = {
  modelHash: 'abc',
  layers,
  spectra: new Map([
    [layerMatrix(layers[0]!), { singularValues: Float64Array.from({ length: 64 }, (_, i) => 0.5 ** i) }],
    [layerMatrix(layers[1]!), { singularValues: Float64Array.from({ length: 64 }, () => 1) }]
  ]),
  options: {
    policy: 'water-filling',
    retainedFraction: 0.5,
    budgetUnit: 'parameters',
    budgetScope: 'layers',
    rankMultiple: 1,
    minimumRank: 1
  },
  costs: { parameterCount: 8192, precision: 'float32' }
}

describe('planModel', () => {
  it('shows every layer with uniform beside it', () => {
    const { layers: shown, uniformPredicted, planFile } = planModel(inputs)
    const [steep, flat] = shown
    expect(steep).toMatchObject({ layerId: 'steep', role: 'q', blockIndex: 0, breakEvenRank: 31 })
    expect(steep!.rank).toBeLessThan(16)
    expect(steep!.uniform).toMatchObject({ rank: 16, keptFraction: 0.5 })
    // All directions of the flat layer are alike, so what is kept of 64 is kept of the energy.
    expect(flat!.relativeError).toBeCloseTo(1 - (flat!.rank ?? 64) / 64, 12)
    expect(flat!.uniform!.relativeError).toBeCloseTo(0.75, 12)
    expect(planFile.predicted!.relativeError).toBeLessThan(uniformPredicted!.relativeError)
    expect(planFile.predicted!.cost).toBeLessThanOrEqual(uniformPredicted!.cost)
  })

  it('gives a plan that comes back as the same ranks by hand', () => {
    const { planFile, layers: shown } = planModel(inputs)
    const again = planModel({ ...inputs, options: { policy: 'manual', rankMap: rankMapOf(planFile) } })
    expect(again.layers.map(({ rank }) => rank)).toEqual(shown.map(({ rank }) => rank))
    expect(again.planFile).toMatchObject({ modelHash: 'abc', policy: { name: 'manual' }, budget: null })
    expect(again.layers[0]).not.toHaveProperty('uniform')
    expect(again.uniformPredicted).toBeNull()
  })
})
