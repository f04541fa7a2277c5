import { describe, expect, it } from 'vitest'
import { linearLayer } from '../../tests/helpers/linear-models'
import { retainedParameterFraction } from './plan'

const square = { inFeatures: 10, outFeatures: 10 }

describe('retainedParameterFraction', () => {
  it('is 1 when nothing is planned', () => {
    expect(retainedParameterFraction([])).toBe(1)
  })

  it('weighs layers by their parameters, dense ones included', () => {
    const plan = [
      { layer: linearLayer({ weightName: 'a', ...square }), rank: 2 },
      { layer: linearLayer({ weightName: 'b', inFeatures: 10, outFeatures: 40 }), rank: 4 },
      { layer: linearLayer({ weightName: 'c', inFeatures: 10, outFeatures: 50 }), rank: undefined }
    ]
    expect(retainedParameterFraction(plan)).toBe((2 * 20 + 4 * 50 + 500) / (100 + 400 + 500))
  })

  it('counts a weight that layers share once', () => {
    const layer = linearLayer({ ...square, weightUses: 2 })
    expect(
      retainedParameterFraction([
        { layer, rank: 2 },
        { layer, rank: 2 }
      ])
    ).toBe(0.4)
    expect(
      retainedParameterFraction([
        { layer, rank: undefined },
        { layer, rank: undefined }
      ])
    ).toBe(1)
  })

  it('counts a weight that is read in both orientations as two pairs of factors', () => {
    const layer = linearLayer({ ...square, weightUses: 2 })
    const transposed = linearLayer({ ...square, weightUses: 2, weightLayout: 'out-in' })
    expect(
      retainedParameterFraction([
        { layer, rank: 2 },
        { layer: transposed, rank: 2 }
      ])
    ).toBe(0.8)
  })

  it('adds the weight itself where another layer still uses it', () => {
    const layer = linearLayer({ ...square, weightUses: 2 })
    expect(retainedParameterFraction([{ layer, rank: 2 }])).toBe(1.4)
    expect(
      retainedParameterFraction([
        { layer, rank: 2 },
        { layer, rank: undefined }
      ])
    ).toBe(1.4)
  })
})
