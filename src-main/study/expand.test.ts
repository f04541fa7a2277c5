import { describe, expect, it } from 'vitest'
import { recipeSchema, type Recipe } from '@contract/recipe'
import { expandRecipe, trialName } from './expand'
import type { TrialMaking } from './trial-spec'

function recipe(changes: Record<string, unknown> = {}): Recipe {
  return recipeSchema.parse({
    recipeVersion: 1,
    name: 'test',
    model: 'model',
    calibrationSet: 'dev.jsonl',
    evaluationSet: 'eval.jsonl',
    ...changes
  })
}

const grid = { methods: ['whitened-svd', 'weight-svd'], retainedParameterFractions: [0.8, 0.5] }

function names(value: Recipe): string[] {
  return expandRecipe(value).map(({ name }) => name)
}

describe('expandRecipe', () => {
  it('puts the baseline and int8 first, also into a recipe without grids', () => {
    expect(names(recipe())).toEqual(['baseline', 'int8'])
    expect(expandRecipe(recipe()).map(({ making }) => making)).toEqual([
      { kind: 'baseline' },
      { kind: 'int8-dynamic' }
    ])
  })

  it('gives every combination in the order written: methods, then precisions, then fractions', () => {
    const precisions = ['int8', 'float32']
    expect(names(recipe({ grids: [{ ...grid, precisions }] }))).toEqual([
      ...['baseline', 'int8'],
      ...['whitened-svd 80% int8', 'whitened-svd 50% int8', 'whitened-svd 80%', 'whitened-svd 50%'],
      ...['weight-svd 80% int8', 'weight-svd 50% int8', 'weight-svd 80%', 'weight-svd 50%']
    ])
  })

  it('runs uniform beside every other rank policy, and names the others', () => {
    const grids = [{ ...grid, methods: ['whitened-svd'], rankPolicies: ['water-filling'] }]
    expect(names(recipe({ grids }))).toEqual([
      ...['baseline', 'int8', 'whitened-svd 80%', 'whitened-svd 50%'],
      ...['whitened-svd 80% water-filling', 'whitened-svd 50% water-filling']
    ])
  })

  it('makes one trial of a combination that occurs twice, in one grid or in two', () => {
    const grids = [
      { ...grid, retainedParameterFractions: [0.5, 0.5] },
      { methods: ['weight-svd'], retainedParameterFractions: [0.5, 0.4] }
    ]
    expect(names(recipe({ grids }))).toEqual([
      ...['baseline', 'int8', 'whitened-svd 50%', 'weight-svd 50%', 'weight-svd 40%']
    ])
  })

  it('hands each trial the settings of the recipe', () => {
    const trials = expandRecipe(
      recipe({
        grids: [{ methods: ['weight-svd'], retainedParameterFractions: [0.5] }],
        layers: { excludeRoles: ['head', 'fc2'], exclude: ['/encoder/fc'] },
        allocation: { rankMultiple: 8 },
        damping: 0.01,
        evaluation: { threads: 2, seed: 5 }
      })
    )
    expect(trials[2]!.making).toEqual({
      kind: 'low-rank',
      method: 'weight-svd',
      rankPolicy: 'uniform',
      retainedParameterFraction: 0.5,
      rankMultiple: 8,
      damping: 0.01,
      excludeRoles: ['head', 'fc2'],
      exclude: ['/encoder/fc'],
      precision: 'float32'
    })
    for (const { evaluation } of trials) expect(evaluation).toMatchObject({ threads: 2, seed: 5 })
  })

  it('gives names that are unique, however near the fractions are', () => {
    const retainedParameterFractions = [0.5, 0.500000001, 0.1, 0.01, 0.001, 0.0001, 1 / 3, 0.3333, 1e-7, 1]
    const found = names(
      recipe({ grids: [{ ...grid, retainedParameterFractions, precisions: ['float32', 'int8'] }] })
    )
    expect(found).toHaveLength(2 + 4 * retainedParameterFractions.length)
    expect(new Set(found).size).toBe(found.length)
  })
})

describe('trialName', () => {
  // 0.07 · 100, 0.29 · 100 and 0.57 · 100 are not whole in binary.
  it.each([
    [0.07, '7%'],
    [0.29, '29%'],
    [0.57, '57%'],
    [0.289, '28.9%'],
    [1, '100%'],
    [0.000001, '0.0001%'],
    [5e-7, '0.00005%']
  ])('writes the fraction %d as %s', (retainedParameterFraction, percent) => {
    const making: TrialMaking = {
      kind: 'low-rank',
      method: 'weight-svd',
      rankPolicy: 'uniform',
      retainedParameterFraction,
      rankMultiple: 1,
      damping: 0,
      excludeRoles: [],
      exclude: [],
      precision: 'float32'
    }
    expect(trialName(making)).toBe(`weight-svd ${percent}`)
  })
})
