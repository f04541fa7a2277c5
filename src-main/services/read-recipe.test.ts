import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { parseRecipe, readRecipe } from './read-recipe'

const recipe = {
  recipeVersion: 1,
  name: 'test',
  model: '../models/asr',
  calibrationSet: 'dev.jsonl',
  evaluationSet: '/speech/eval.jsonl'
}
const grid = { methods: ['weight-svd'], retainedFractions: [0.5] }

function parse(changes: Record<string, unknown>): unknown {
  return parseRecipe(JSON.stringify({ ...recipe, ...changes }), 'r.json')
}

describe('parseRecipe', () => {
  it('fills the defaults in', () => {
    expect(parse({ grids: [grid] })).toMatchObject({
      ...recipe,
      damping: 1e-8,
      grids: [{ precisions: ['float32'] }]
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no version', { recipeVersion: undefined }, "'recipeVersion'"],
    ['a version of the future', { recipeVersion: 2 }, "'recipeVersion'"],
    ['no name', { name: undefined }, "'name'"],
    ['an empty name', { name: '' }, "'name'"],
    ['a name that is a number', { name: 7 }, "'name'"],
    ['no model', { model: undefined }, "'model'"],
    ['no calibration set', { calibrationSet: undefined }, "'calibrationSet'"],
    ['an empty evaluation set', { evaluationSet: '' }, "'evaluationSet'"],
    ['grids that are no list', { grids: grid }, "'grids'"],
    ['an unknown method', { grids: [{ ...grid, methods: ['svd'] }] }, "'grids.0.methods.0'"],
    ['no methods', { grids: [grid, { ...grid, methods: [] }] }, "'grids.1.methods'"],
    [
      'a fraction of 0',
      { grids: [{ ...grid, retainedFractions: [0.5, 0] }] },
      "'grids.0.retainedFractions.1'"
    ],
    [
      'a percentage for a fraction',
      { grids: [{ ...grid, retainedFractions: [50] }] },
      "'grids.0.retainedFractions.0'"
    ],
    ['an unknown precision', { grids: [{ ...grid, precisions: ['int4'] }] }, "'grids.0.precisions.0'"],
    ['an unknown role', { layers: { excludeRoles: ['encoder'] } }, "'layers.excludeRoles.0'"],
    ['a layer id that is a number', { layers: { exclude: [3] } }, "'layers.exclude.0'"],
    ['an unknown policy', { grids: [{ ...grid, rankPolicies: ['magic'] }] }, "'grids.0.rankPolicies.0'"],
    ['a rank multiple of 0', { allocation: { rankMultiple: 0 } }, "'allocation.rankMultiple'"],
    ['half a rank', { allocation: { rankMultiple: 1.5 } }, "'allocation.rankMultiple'"],
    ['negative damping', { damping: -1 }, "'damping'"],
    ['no threads', { evaluation: { threads: 0 } }, "'evaluation.threads'"],
    ['negative warm-up', { evaluation: { warmupUtterances: -1 } }, "'evaluation.warmupUtterances'"],
    ['an unknown normalizer', { evaluation: { normalizer: 'magic' } }, "'evaluation.normalizer'"],
    ['a seed in words', { evaluation: { seed: 'one' } }, "'evaluation.seed'"]
  ])('names the member at fault: %s', (_, changes, member) => {
    expect(() => parse(changes)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(/^The recipe 'r\.json' is wrong at '[^']+': [^\n]+\.$/) as string
      })
    )
    expect(() => parse(changes)).toThrow(`is wrong at ${member}: `)
  })

  it.each<[string, Record<string, unknown>, string, string]>([
    ['at the top', { methods: ['weight-svd'] }, 'its top level', 'methods'],
    ['in a grid', { grids: [{ ...grid, ranks: [3] }] }, "'grids.0'", 'ranks'],
    ['among the layers', { layers: { excludeRole: ['head'] } }, "'layers'", 'excludeRole'],
    ['in the settings', { evaluation: { thread: 2 } }, "'evaluation'", 'thread']
  ])('refuses a member that it does not know, %s', (_, changes, place, member) => {
    expect(() => parse(changes)).toThrow(
      `The recipe 'r.json' is wrong at ${place}: Unrecognized key: "${member}".`
    )
  })

  it.each(['[]', '"recipe"', 'null', '7'])('refuses %s, which is no object', (text) => {
    expect(() => parseRecipe(text, 'r.json')).toThrow(
      /^The recipe 'r\.json' is wrong at its top level: [^\n]*expected object[^\n]*\.$/
    )
  })

  it.each(['', '{', '{\n  "name": "x"\n  "model": "y"\n}', '{\n "name": tru\n}', 'name:\n  x'])(
    'says in one line why %j is not JSON',
    (text) => {
      expect(() => parseRecipe(text, 'r.json')).toThrow(
        expect.objectContaining({
          code: 'invalid-input',
          message: expect.stringMatching(/^The recipe 'r\.json' is not JSON: [^\n]+\.$/) as string
        })
      )
    }
  )
})

describe('readRecipe', () => {
  const folder = useTemporaryFolder()

  it('takes paths from the folder of the recipe', async () => {
    const path = join(folder(), 'recipe.json')
    writeFileSync(path, JSON.stringify(recipe))
    const resolved = await readRecipe(path)
    expect(resolved).toMatchObject({
      modelPath: join(folder(), '../models/asr'),
      calibrationPath: join(folder(), 'dev.jsonl'),
      evaluationPath: '/speech/eval.jsonl'
    })
    // What is stored is what was written, so that a study can be moved.
    expect(resolved.recipe.model).toBe('../models/asr')
  })

  it('refuses a file that is not there', async () => {
    await expect(readRecipe(join(folder(), 'nowhere.json'))).rejects.toMatchObject({ code: 'not-found' })
  })
})
