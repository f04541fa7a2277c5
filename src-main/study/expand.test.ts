import { describe, expect, it } from 'vitest'
import { recipeSchema, type Recipe } from '@contract/recipe'
import { expandRecipe, trialName } from './expand'
import type { LowRankMaking } from './trial-spec'

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

const grid = { methods: ['whitened-svd', 'weight-svd'], retainedFractions: [0.8, 0.5] }

function names(value: Recipe): string[] {
  return expandRecipe(value).map(({ name }) => name)
}

describe('expandRecipe', () => {
  it('puts the baseline and int8 first, also into a recipe without grids', () => {
    expect(names(recipe())).toEqual(['baseline', 'int8'])
    expect(expandRecipe(recipe()).map(({ making }) => making)).toEqual([
      { kind: 'baseline' },
      { kind: 'quantize', precision: 'int8' }
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
      { ...grid, retainedFractions: [0.5, 0.5] },
      { methods: ['weight-svd'], retainedFractions: [0.5, 0.4] }
    ]
    expect(names(recipe({ grids }))).toEqual([
      ...['baseline', 'int8', 'whitened-svd 50%', 'weight-svd 50%', 'weight-svd 40%']
    ])
  })

  it('hands each trial the settings of the recipe', () => {
    const trials = expandRecipe(
      recipe({
        grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }],
        layers: { excludeRoles: ['head', 'fc2'], exclude: ['/encoder/fc'] },
        allocation: { rankMultiple: 8 },
        damping: 0.01,
        evaluation: { threads: 2, seed: 5 }
      })
    )
    expect(trials[2]!.making).toEqual({
      kind: 'low-rank',
      method: 'weight-svd',
      ranks: {
        policy: 'uniform',
        retainedFraction: 0.5,
        budgetUnit: 'parameters',
        budgetScope: 'layers',
        rankMultiple: 8,
        minimumRank: 1
      },
      selection: { excludeRoles: ['head', 'fc2'], include: [], exclude: ['/encoder/fc'] },
      damping: 0.01,
      refit: false,
      calibration: 'original',
      precision: 'float32'
    })
    for (const { evaluation } of trials) expect(evaluation).toMatchObject({ threads: 2, seed: 5 })
  })

  it('adds the number formats asked for, each once', () => {
    expect(names(recipe({ precisions: ['float16', 'int8', 'int4-weights'] }))).toEqual([
      ...['baseline', 'int8', 'float16', 'int4-weights']
    ])
  })

  it('fuses attention in every tier but the baseline, under the same names, where the recipe asks for it', () => {
    const plans = [{ name: 'mine', method: 'weight-svd', ranks: {} }]
    const plain = recipe({ grids: [grid], plans })
    const fused = recipe({ grids: [grid], plans, fuseAttention: true })
    expect(names(fused)).toEqual(names(plain))
    expect(expandRecipe(fused).map(({ making }) => making)).toEqual(
      expandRecipe(plain).map(({ making }) =>
        making.kind === 'baseline' ? making : { ...making, fuseAttention: true }
      )
    )
    for (const { making } of expandRecipe(plain)) expect(making).not.toHaveProperty('fuseAttention')
  })

  it('takes ranks that the recipe holds itself', () => {
    const plan = { name: 'mine', method: 'weight-svd', ranks: { fc: 7, head: 'dense' } }
    expect(expandRecipe(recipe({ plans: [plan] })).at(-1)).toMatchObject({
      name: 'mine',
      making: { ranks: { policy: 'manual', rankMap: { fc: 7, head: 'dense' } } }
    })
  })

  it('takes the ranks of a plan from its file, and refuses a name that a grid has taken', () => {
    const plan = { name: 'mine', method: 'weight-svd', plan: 'plan.json', precisions: ['float32', 'int8'] }
    const references = { rankMaps: { 'plan.json': { fc: 7 } }, measuredRankMultiple: 1 }
    const trials = expandRecipe(recipe({ plans: [plan] }), references)
    expect(trials.slice(2).map(({ name, making }) => [name, 'ranks' in making && making.ranks])).toEqual([
      ['mine', { policy: 'manual', rankMap: { fc: 7 } }],
      ['mine int8', { policy: 'manual', rankMap: { fc: 7 } }]
    ])
    expect(() => expandRecipe(recipe({ plans: [{ ...plan, name: 'baseline' }] }), references)).toThrow(
      "Two trials of the recipe are called 'baseline'"
    )
  })

  it('writes the measured tile into each trial where the recipe asks for it', () => {
    const trials = expandRecipe(recipe({ grids: [grid], allocation: { rankMultiple: 'measured' } }), {
      rankMaps: {},
      measuredRankMultiple: 16
    })
    expect(trials[2]!.making).toMatchObject({ ranks: { rankMultiple: 16 } })
  })

  it('hands the gates on only where they may end a trial', () => {
    const gates = [{ metric: 'error-rate', atMost: 0.1 }]
    const stopping = (stopWhenDecided: boolean) =>
      expandRecipe(recipe({ gates, evaluation: { stopWhenDecided } }))[0]!.stoppingGates
    expect(stopping(false)).toEqual([])
    expect(stopping(true)).toEqual([{ metric: 'error-rate', atMost: 0.1, reference: 'baseline' }])
  })

  it('gives names that are unique, however near the fractions are', () => {
    const retainedFractions = [0.5, 0.500000001, 0.1, 0.01, 0.001, 0.0001, 1 / 3, 0.3333, 1e-7, 1]
    const found = names(recipe({ grids: [{ ...grid, retainedFractions, precisions: ['float32', 'int8'] }] }))
    expect(found).toHaveLength(2 + 4 * retainedFractions.length)
    expect(new Set(found).size).toBe(found.length)
  })
})

const lowRank = {
  kind: 'low-rank',
  method: 'weight-svd',
  ranks: {
    policy: 'uniform',
    retainedFraction: 0.5,
    budgetUnit: 'parameters',
    budgetScope: 'layers',
    rankMultiple: 1,
    minimumRank: 1
  },
  selection: { excludeRoles: [], include: [], exclude: [] },
  damping: 0,
  refit: false,
  calibration: 'original',
  precision: 'float32'
} as const satisfies LowRankMaking

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
  ])('writes the fraction %d as %s', (retainedFraction, percent) => {
    expect(trialName({ ...lowRank, ranks: { ...lowRank.ranks, retainedFraction } })).toBe(
      `weight-svd ${percent}`
    )
  })

  it.each<[string, Partial<LowRankMaking>]>([
    ['weight-svd 50% int4-weights', { precision: 'int4-weights' }],
    ['weight-svd 50% sequential refit', { calibration: 'sequential', refit: true }],
    [
      'weight-svd 50% of bytes of the model energy',
      { ranks: { ...lowRank.ranks, policy: 'energy', budgetUnit: 'bytes', budgetScope: 'model' } }
    ],
    ['weight-svd manual', { ranks: { policy: 'manual', rankMap: {} } }]
  ])('%s names what is unusual', (name, changes) => {
    expect(trialName({ ...lowRank, ...changes })).toBe(name)
  })
})
