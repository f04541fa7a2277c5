import { describe, expect, it } from 'vitest'
import { rankMapOf } from '@contract/rank-plan'
import { linearLayer } from '../../tests/helpers/linear-models'
import { decodePlan, encodePlan, parsePlanFile, type PlanOrigin } from './plan-json'

const layers = [
  linearLayer({ id: 'blocks.0.q', inFeatures: 384, outFeatures: 384 }),
  linearLayer({ id: 'blocks.0.fc1', inFeatures: 384, outFeatures: 1536 }),
  linearLayer({ id: 'head', inFeatures: 384, outFeatures: 32 })
]
const plan = [
  { layer: layers[0]!, rank: 96 },
  { layer: layers[1]!, rank: undefined }
]
const origin: PlanOrigin = {
  modelHash: 'abc',
  policy: { name: 'water-filling', version: 1 },
  budget: { unit: 'parameters', limit: 700_000, remainder: 1000 },
  predicted: { unit: 'parameters', cost: 663_552, denseCost: 737_280, relativeError: 0.0125 }
}

interface EditableFile {
  [key: string]: unknown
  layers: Record<string, unknown>[]
}

/** The exported text after an edit by hand. */
function edited(edit: (file: EditableFile) => void): string {
  const file = JSON.parse(encodePlan(plan, origin)) as EditableFile
  edit(file)
  return JSON.stringify(file)
}

describe('plan as JSON', () => {
  it('comes back as it went, to the byte', () => {
    const text = encodePlan(plan, origin)
    const imported = decodePlan(text, layers, 'abc')
    expect(imported).toEqual({ plan, origin })
    expect(encodePlan(imported.plan, imported.origin)).toBe(text)
  })

  it('may be made without budget and prediction', () => {
    const bare = { ...origin, policy: { name: 'manual', version: 1 }, budget: null, predicted: null } as const
    expect(decodePlan(encodePlan([], bare), layers)).toEqual({ plan: [], origin: bare })
  })

  it('is readable', () => {
    expect(encodePlan(plan, origin)).toContain('"layerId": "blocks.0.q"')
    expect(encodePlan(plan, origin).endsWith('}\n')).toBe(true)
  })

  it('fits another model with the same layers unless a model is asked for', () => {
    expect(decodePlan(encodePlan(plan, origin), layers).origin.modelHash).toBe('abc')
    expect(() => decodePlan(encodePlan(plan, origin), layers, 'def')).toThrow(
      expect.objectContaining({ code: 'conflict' })
    )
  })

  it.each([
    [{ layerId: 'gone' }, 'gone', "is not in the model; 'lathe inspect' lists its layers."],
    [
      { outFeatures: 385 },
      'blocks.0.q',
      'is [384, 385] but [384, 384] in the model; use a plan for this model.'
    ],
    [{ rank: 385 }, 'blocks.0.q', 'has rank 385, its shape allows at most 384; lower it.'],
    [{ layerId: 'blocks.0.fc1', outFeatures: 1536 }, 'blocks.0.fc1', 'is listed twice; keep one of them.']
  ])('names the layer that does not fit: %j', (change, layerId, problem) => {
    const text = edited((file) => Object.assign(file.layers[0]!, change))
    expect(() => decodePlan(text, layers)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: `Layer '${layerId}' of the plan ${problem}`,
        details: { layerId }
      })
    )
  })

  it.each<[string, (file: EditableFile) => void, string]>([
    ['a rank of 0', (file) => Object.assign(file.layers[0]!, { rank: 0 }), "'layers.0.rank'"],
    ['another version', (file) => (file['planVersion'] = 2), "'planVersion'"],
    ['an unknown policy', (file) => (file['policy'] = { name: 'magic', version: 1 }), "'policy.name'"],
    ['an unknown member', (file) => (file['extra'] = 1), 'its top level']
  ])('says where %s is', (_, edit, place) => {
    expect(() => decodePlan(edited(edit), layers)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining(`The plan is wrong at ${place}`) as string
      })
    )
  })

  it('gives its ranks as a map', () => {
    expect(rankMapOf(parsePlanFile(encodePlan(plan, origin)))).toEqual({
      'blocks.0.q': 96,
      'blocks.0.fc1': 'dense'
    })
  })

  it('refuses what is not JSON', () => {
    expect(() => decodePlan('{', layers)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})
