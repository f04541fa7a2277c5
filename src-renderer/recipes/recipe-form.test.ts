import { describe, expect, it } from 'vitest'
import { recipeSchema } from '@contract/recipe'
import { checkRecipeText } from './check-recipe-text'
import { newRecipe } from './new-recipe'
import { recipeText } from './recipe-form'

const texts = import.meta.glob<string>('../../resources/recipes/*.json', {
  query: '?raw',
  import: 'default',
  eager: true
})
const recipes = Object.entries(texts).map(([path, text]) => ({
  name: path.replace(/^.*\//, ''),
  recipe: recipeSchema.parse(JSON.parse(text))
}))

/** Every member that has a default says something else here. */
const everyMember = recipeSchema.parse({
  $schema: 'recipe.schema.json',
  recipeVersion: 1,
  name: 'everything',
  description: 'words',
  model: '/m',
  calibrationSet: '/c',
  developmentSet: '/d',
  evaluationSet: '/e',
  grids: [
    {
      methods: ['asvd'],
      retainedFractions: [0.5],
      budgetUnit: 'macs',
      budgetScope: 'model',
      rankPolicies: ['energy'],
      precisions: ['int8', 'float16'],
      refit: true,
      calibration: 'sequential'
    }
  ],
  plans: [
    { name: 'a', method: 'output-pca', plan: 'p.json', precisions: ['int8'], refit: true },
    { name: 'b', method: 'weight-svd', ranks: { '/enc/fc.1': 7, head: 'dense' } }
  ],
  precisions: ['float16'],
  fuseAttention: true,
  layers: { excludeRoles: [], include: ['/enc/*'], exclude: ['/enc/fc'] },
  allocation: { rankMultiple: 'measured', minimumRank: 4 },
  damping: 0,
  evaluation: {
    threads: 2,
    warmupUtterances: 0,
    normalizer: 'basic',
    resample: true,
    seed: 9,
    bootstrapUnit: 'speaker',
    skipUnreadable: true,
    throughput: true,
    stopWhenDecided: true
  },
  gates: [{ preset: 'olive-streaming' }, { metric: 'speedup', atLeast: 2, reference: 'int8' }]
})

describe('the text that a form writes', () => {
  it('has recipes to try', () => {
    expect(recipes.length).toBeGreaterThan(3)
  })

  it.each(recipes)('is the recipe that was read: $name', ({ recipe }) => {
    expect(checkRecipeText(recipeText(recipe))).toEqual({ isValid: true, recipe })
  })

  it('loses no member that differs from its default', () => {
    const { recipeVersion, name, model, calibrationSet, evaluationSet, ...others } = everyMember
    const usual = recipeSchema.parse({ recipeVersion, name, model, calibrationSet, evaluationSet })
    expect(Object.keys(everyMember).toSorted()).toEqual(Object.keys(recipeSchema.shape).toSorted())
    for (const [member, value] of Object.entries(others))
      expect(value, member).not.toEqual(usual[member as keyof typeof others])
    expect(checkRecipeText(recipeText(everyMember))).toEqual({ isValid: true, recipe: everyMember })
  })

  it('leaves defaults out', () => {
    const recipe = recipeSchema.parse({
      recipeVersion: 1,
      name: 'small',
      model: 'm',
      calibrationSet: 'c',
      evaluationSet: 'e',
      grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }],
      evaluation: { seed: 4 }
    })
    expect(recipeText(recipe)).toBe(`{
  "recipeVersion": 1,
  "name": "small",
  "model": "m",
  "calibrationSet": "c",
  "evaluationSet": "e",
  "grids": [{ "methods": ["weight-svd"], "retainedFractions": [0.5] }],
  "evaluation": { "seed": 4 }
}
`)
  })

  it('writes what was left out or typed wrong so that the check marks it', () => {
    const form = newRecipe({ name: '', model: '/m', calibrationSet: '/c', evaluationSet: '/e' })
    expect(checkRecipeText(recipeText(form))).toMatchObject({
      issues: [{ kind: 'empty', place: 'name', line: 3 }]
    })
    const wrong = { ...form, name: 'n', evaluation: { ...form.evaluation, threads: Number.NaN } }
    expect(checkRecipeText(recipeText(wrong))).toMatchObject({
      issues: [{ kind: 'no-number', place: 'evaluation.threads' }]
    })
  })
})
