import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { epochBatches, epochSteps } from './epoch-batches'

const prng = createPrng(4)
const recordings = Array.from({ length: 200 }, () => ({ audioSeconds: 1 + 4 * prng.uniform() }))
const batches = { audioSeconds: 20, mostRecordings: 12, bucketSeconds: 0.5, perStep: 3 }
const order = { batches, seed: 7 }

describe('the batches of an epoch', () => {
  it('hold every recording once, within the limits', () => {
    const epoch = epochBatches(recordings, order, 0)
    expect(epoch.flat().sort((a, b) => a - b)).toEqual(recordings.map((_, index) => index))
    for (const batch of epoch) {
      const longest = Math.max(...batch.map((index) => recordings[index]!.audioSeconds))
      expect(batch.length * longest).toBeLessThanOrEqual(batches.audioSeconds)
      expect(batch.length).toBeLessThanOrEqual(batches.mostRecordings)
    }
  })

  it('are mostly sound: recordings of like length are together', () => {
    const epoch = epochBatches(recordings, order, 0)
    const seconds = (batch: readonly number[]) => batch.map((index) => recordings[index]!.audioSeconds)
    const padded = epoch.reduce((sum, batch) => sum + batch.length * Math.max(...seconds(batch)), 0)
    const spoken = recordings.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0)
    // Half a bucket of 0.5 s in recordings of 3 s, and the seams between buckets.
    expect(spoken / padded).toBeGreaterThan(0.88)
  })

  it('are the same for a seed and an epoch, and others in another epoch or with another seed', () => {
    const first = epochBatches(recordings, order, 0)
    expect(epochBatches(recordings, order, 0)).toEqual(first)
    const composition = (epoch: readonly number[][]) =>
      new Set(epoch.map((batch) => [...batch].sort((a, b) => a - b).join()))
    for (const other of [
      epochBatches(recordings, order, 1),
      epochBatches(recordings, { ...order, seed: 8 }, 0)
    ]) {
      expect(other.length).toBe(first.length)
      expect([...composition(other)].filter((batch) => composition(first).has(batch)).length).toBeLessThan(
        first.length / 4
      )
    }
  })

  it('are taken a few per step', () => {
    const steps = epochSteps(recordings, order, 2)
    expect(steps.flat()).toEqual(epochBatches(recordings, order, 2))
    expect(steps.slice(0, -1).every((step) => step.length === 3)).toBe(true)
  })
})
