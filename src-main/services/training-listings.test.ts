import { describe, expect, it } from 'vitest'
import type { TrainingRecord } from '@contract/training-record'
import type { CheckpointStore } from '../workspace/checkpoint-store'
import { createTrainingListings } from './training-listings'

/** Trainings on disk by id, and how often each was read. */
function shelf(changedAt: Record<string, string>) {
  const reads: string[] = []
  const list = () => Object.entries(changedAt).map(([trainingId, at]) => ({ trainingId, changedAt: at }))
  const listings = createTrainingListings({ checkpoints: { list } as unknown as CheckpointStore })
  const show = (trainingId: string) => {
    reads.push(trainingId)
    return {
      trainingId,
      recipe: { name: `recipe of ${trainingId}`, select: 'loss' },
      curve: { steps: Array.from({ length: reads.length }), development: [] },
      totalSteps: 9,
      outcome: null
    } as unknown as TrainingRecord
  }
  return { reads, changedAt, list: (live?: string) => listings.list(show, (id) => id === live) }
}

describe('the list of trainings', () => {
  it('reads each record once, and again when it was written again', () => {
    const { reads, changedAt, list } = shelf({ a: '2026-01-01T00:00:00.000Z', b: '2026-01-02T00:00:00.000Z' })
    expect(list().map(({ trainingId, name }) => [trainingId, name])).toEqual([
      ['b', 'recipe of b'],
      ['a', 'recipe of a']
    ])
    expect(list()).toEqual(list())
    expect(reads).toEqual(['a', 'b'])
    changedAt.a = '2026-01-03T00:00:00.000Z'
    expect(list().map(({ trainingId, steps }) => [trainingId, steps])).toEqual([
      ['a', 3],
      ['b', 2]
    ])
    expect(reads).toEqual(['a', 'b', 'a'])
  })

  it('never keeps one that runs, and forgets one that is gone', () => {
    const { reads, changedAt, list } = shelf({ a: '2026-01-01T00:00:00.000Z' })
    list('a')
    list('a')
    list()
    expect(reads).toEqual(['a', 'a', 'a'])
    const { a } = changedAt
    delete changedAt.a
    expect(list()).toEqual([])
    changedAt.a = a!
    list()
    expect(reads).toHaveLength(4)
  })
})
