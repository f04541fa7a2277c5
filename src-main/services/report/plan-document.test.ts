import { describe, expect, it } from 'vitest'
import { planFileSchema, rankMapOf } from '@contract/rank-plan'
import { planDocument } from './plan-document'

const origin = {
  modelHash: 'abc',
  policy: { name: 'energy', version: 1 },
  budget: { unit: 'bytes', limit: 10, remainder: 0 },
  predicted: null
} as const
const sizes = { role: 'q', blockIndex: 0, inFeatures: 4, outFeatures: 6 } as const

describe('planDocument', () => {
  it('is a plan file that gives the same ranks again', () => {
    const decisions = [{ layerId: 'a', rank: 2, ...sizes }, { layerId: 'b', rank: null, ...sizes }] // prettier-ignore
    const file = planFileSchema.parse(JSON.parse(planDocument(decisions, origin)))
    expect(file).toMatchObject(origin)
    expect(rankMapOf(file)).toEqual({ a: 2, b: 'dense' })
  })
})
