import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recipeSchema } from './recipe'

const smallest = {
  recipeVersion: 1,
  name: 'test',
  model: 'model',
  calibrationSet: 'dev.jsonl',
  evaluationSet: 'eval.jsonl'
}

const evaluation = {
  threads: 1,
  warmupUtterances: 3,
  normalizer: 'none',
  resample: false,
  seed: 1,
  bootstrapUnit: 'utterance',
  skipUnreadable: false,
  throughput: false,
  stopWhenDecided: false
}

describe('recipeSchema', () => {
  it('fills every default in', () => {
    expect(recipeSchema.parse(smallest)).toEqual({
      ...smallest,
      grids: [],
      plans: [],
      precisions: [],
      fuseAttention: false,
      layers: { excludeRoles: ['conv', 'embedding', 'head', 'other'], include: [], exclude: [] },
      allocation: { rankMultiple: 1, minimumRank: 1 },
      damping: 1e-8,
      evaluation,
      gates: []
    })
  })

  it('keeps what is written, and fills in the rest of a part that is written in part', () => {
    const parsed = recipeSchema.parse({
      ...smallest,
      $schema: 'recipe.schema.json',
      description: 'words',
      grids: [{ methods: ['weight-svd'], retainedFractions: [1, 0.25] }],
      layers: { excludeRoles: [] },
      allocation: { rankMultiple: 8 },
      damping: 0,
      evaluation: { threads: 2, warmupUtterances: 0, seed: 0 }
    })
    expect(parsed).toEqual({
      ...smallest,
      $schema: 'recipe.schema.json',
      description: 'words',
      grids: [
        {
          methods: ['weight-svd'],
          retainedFractions: [1, 0.25],
          rankPolicies: ['uniform'],
          precisions: ['float32'],
          budgetUnit: 'parameters',
          budgetScope: 'layers',
          refit: false,
          calibration: 'original'
        }
      ],
      plans: [],
      precisions: [],
      fuseAttention: false,
      layers: { excludeRoles: [], include: [], exclude: [] },
      allocation: { rankMultiple: 8, minimumRank: 1 },
      damping: 0,
      evaluation: { ...evaluation, threads: 2, warmupUtterances: 0, seed: 0 },
      gates: []
    })
  })

  it('is not changed by parsing again, as a stored recipe is', () => {
    const once = recipeSchema.parse(smallest)
    expect(recipeSchema.parse(JSON.parse(JSON.stringify(once)))).toEqual(once)
  })

  it('gives each recipe defaults of its own', () => {
    const [first, second] = [recipeSchema.parse(smallest), recipeSchema.parse(smallest)]
    first.layers.excludeRoles.push('q')
    expect(second.layers.excludeRoles).toEqual(['conv', 'embedding', 'head', 'other'])
    expect(recipeSchema.parse(smallest).layers.excludeRoles).toEqual(['conv', 'embedding', 'head', 'other'])
  })

  it('takes a planned trial with a plan file or with ranks, not with both or neither', () => {
    const plans = (members: object) =>
      recipeSchema.safeParse({ ...smallest, plans: [{ name: 'p', method: 'asvd', ...members }] }).success
    expect(plans({ plan: 'plan.json' })).toBe(true)
    expect(plans({ ranks: { '/fc': 3, '/head': 'dense' } })).toBe(true)
    expect(plans({})).toBe(false)
    expect(plans({ plan: 'plan.json', ranks: { '/fc': 3 } })).toBe(false)
    expect(plans({ ranks: { '/fc': 0 } })).toBe(false)
  })

  it('takes gates with one bound, or a preset', () => {
    const gates = (gate: unknown) => recipeSchema.safeParse({ ...smallest, gates: [gate] }).success
    expect(gates({ metric: 'speedup', atLeast: 2 })).toBe(true)
    expect(gates({ preset: 'olive-streaming' })).toBe(true)
    expect(gates({ metric: 'speedup' })).toBe(false)
    expect(gates({ metric: 'speedup', atLeast: 2, atMost: 3 })).toBe(false)
    expect(gates({ preset: 'another' })).toBe(false)
  })

  const folder = resolve(import.meta.dirname, '../../resources/recipes')
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
    'accepts resources/recipes/%s',
    (name) => {
      expect(() => recipeSchema.parse(JSON.parse(readFileSync(resolve(folder, name), 'utf8')))).not.toThrow()
    }
  )
})
