import { describe, expect, it } from 'vitest'
import type { LatencyTable } from '@contract/rank-plan'
import { latencyTable, layerDescription } from '../../tests/helpers/inspected-layers'
import { formatMilliseconds, layerTimes, plannedMilliseconds } from './layer-times'

/** 32 parameters used 1000 times in 10 s. */
const layer = layerDescription({ inFeatures: 8, outFeatures: 4, macsPerAudioSecond: 3200 })

describe('the times of a layer', () => {
  it('are those of its shape at its number of rows', () => {
    const [shape] = latencyTable.shapes
    const other = { ...shape!, rows: 999, denseMilliseconds: 50 }
    const table: LatencyTable = { ...latencyTable, shapes: [other, ...latencyTable.shapes] }
    const times = layerTimes(layer, 10, table)!
    expect([times.dense, times.ofRank(1), times.ofRank(2)]).toEqual([0.4, 0.1, 0.3])
  })

  it('find their rows although operations per second are no whole number', () => {
    const table = { ...latencyTable, shapes: latencyTable.shapes.map((shape) => ({ ...shape, rows: 7 })) }
    const macsPerAudioSecond = (7 * 32) / 2.9
    expect(layerTimes({ ...layer, macsPerAudioSecond }, 2.9, table)?.dense).toBe(0.4)
  })

  it.each([
    ['of another shape', { inFeatures: 4, outFeatures: 8 }],
    ['with more rows', { macsPerAudioSecond: 6400 }],
    ['whose operations are not known', { macsPerAudioSecond: null }]
  ])('are not known for a layer %s', (_, facts) => {
    expect(layerTimes({ ...layer, ...facts }, 10, latencyTable)).toBeUndefined()
  })

  it('under a plan are those of its rank, or dense', () => {
    const times = layerTimes(layer, 10, latencyTable)
    expect(plannedMilliseconds({ times, planned: { rank: 2 } })).toBe(0.3)
    expect(plannedMilliseconds({ times, planned: { rank: null } })).toBe(0.4)
    expect(plannedMilliseconds({ times, planned: undefined })).toBeUndefined()
    expect(plannedMilliseconds({ times: undefined, planned: { rank: 2 } })).toBeUndefined()
  })

  it('keep digits where they are small', () => {
    expect([0.0123, 0.4, 12.345].map(formatMilliseconds)).toEqual(['0.012', '0.40', '12.35'])
  })
})
