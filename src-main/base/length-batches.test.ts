import { describe, expect, it } from 'vitest'
import { lengthBatches } from './length-batches'

const batchesOf = (lengths: readonly number[], batchAudioSeconds: number, mostRecordings = 16) =>
  lengthBatches(
    lengths.map((audioSeconds) => ({ audioSeconds })),
    { batchAudioSeconds, mostRecordings }
  ).map((batch) => batch.map(({ audioSeconds }) => audioSeconds))

describe('lengthBatches', () => {
  it.each([
    ['nothing of nothing', [], 10, 16, []],
    ['neighbours in length together', [4, 1, 3, 2], 6, 16, [[1, 2], [3], [4]]], // prettier-ignore
    ['padding against the limit', [1, 4], 7, 16, [[1], [4]]], // prettier-ignore
    ['no more than so many together', [1, 1, 1, 1, 1], 10, 2, [[1, 1], [1, 1], [1]]], // prettier-ignore
    ['a recording beyond the limit alone', [20, 1, 30], 10, 16, [[1], [20], [30]]]
  ])('puts %s', (_, lengths, seconds, most, batches) => {
    expect(batchesOf(lengths, seconds, most)).toEqual(batches)
  })

  it.each([
    [0, 16],
    [10, 0]
  ])('refuses limits of %d s and %d recordings', (seconds, most) => {
    expect(() => batchesOf([1], seconds, most)).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
