import { describe, expect, it } from 'vitest'
import { checkRecipeText } from './check-recipe-text'
import { newRecipe } from './new-recipe'
import { presetIds, withPreset, type PresetLayer } from './presets'
import { recipeText } from './recipe-form'

function layer(layerId: string, changes: Partial<PresetLayer> = {}): PresetLayer {
  return {
    layerId,
    role: 'fc1',
    inFeatures: 30,
    outFeatures: 60,
    breakEvenRank: 19,
    weightUses: 1,
    ...changes
  }
}

const draft = newRecipe({ name: 'n', model: '/m', calibrationSet: '/c', evaluationSet: '/e' })
const layers = [layer('/a'), layer('/b'), layer('/head', { role: 'head' }), layer('/tied', { weightUses: 2 })]

describe('withPreset', () => {
  it.each(presetIds)('makes a recipe that is right: %s', (preset) => {
    const filled = withPreset(draft, preset, layers)
    expect(checkRecipeText(recipeText(filled))).toEqual({ isValid: true, recipe: filled })
    expect(filled.grids.length + filled.plans.length).toBeGreaterThan(0)
  })

  it('keeps what is no trial', () => {
    const changed = { ...draft, evaluation: { ...draft.evaluation, threads: 3 }, damping: 0.5 }
    expect(withPreset(changed, 'rank-policies')).toMatchObject({
      evaluation: { threads: 3 },
      damping: 0.5,
      plans: []
    })
  })

  // 30 · 60 ÷ 90 = 20 parameters' worth of rank: half of it is 10, a quarter 5.
  it('cuts one layer at a time, each at a half and a quarter', () => {
    const { plans } = withPreset(draft, 'layer-by-layer', layers)
    expect(plans.map(({ name, ranks }) => [name, ranks])).toEqual([
      ['only /a at rank 10', { '/a': 10 }],
      ['only /a at rank 5', { '/a': 5 }],
      ['only /b at rank 10', { '/b': 10 }],
      ['only /b at rank 5', { '/b': 5 }]
    ])
  })

  it('leaves one layer dense at a time, beside a trial that cuts them all', () => {
    const { plans } = withPreset(draft, 'leave-one-out', layers)
    expect(plans.map(({ name, ranks }) => [name, ranks])).toEqual([
      ['all layers cut', { '/a': 10, '/b': 10 }],
      ['all but /a', { '/b': 10 }],
      ['all but /b', { '/a': 10 }]
    ])
  })

  it('forgets patterns only where every layer gets its turn', () => {
    const narrow = { ...draft, layers: { ...draft.layers, include: ['/a'] } }
    expect(withPreset(narrow, 'leave-one-out', layers).layers.include).toEqual([])
    expect(withPreset(narrow, 'first-comparison').layers.include).toEqual(['/a'])
  })

  it('makes no plan where no layer can be cut alone', () => {
    expect(withPreset(draft, 'layer-by-layer', layers.slice(2)).plans).toEqual([])
  })
})
