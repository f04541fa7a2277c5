import { describe, expect, it } from 'vitest'
import { latencyTableSchema, type LatencyTable } from '@contract/rank-plan'
import { pricedLayer } from '../../../tests/helpers/allocation-layers'
import { latencyCost } from './latency-model'

const layer = pricedLayer('a', [40, 40], new Array<number>(40).fill(1))

function table(
  interpolation: 'step' | 'linear',
  points: LatencyTable['shapes'][number]['points']
): LatencyTable {
  return latencyTableSchema.parse({
    latencyTableVersion: 1,
    conditions: { processor: 'test', runtime: 'test', threads: 1, precision: 'float32' },
    interpolation,
    shapes: [{ inFeatures: 40, outFeatures: 40, rows: 100, denseMilliseconds: 2, points }]
  })
}

const points = [
  { rank: 8, milliseconds: 1 },
  { rank: 16, milliseconds: 1.5 },
  { rank: 24, milliseconds: 2.5 }
]

describe('latencyCost', () => {
  it.each([
    ['step', [1, 1, 1.5, 1.5, 2.5]],
    ['linear', [1, 1, 1.125, 1.5, 1.75]]
  ] as const)('reads a %s curve', (interpolation, expected) => {
    const { dense, ofRank } = latencyCost(layer, 100, table(interpolation, points))
    expect(dense).toBe(2)
    expect([1, 8, 10, 16, 18].map(ofRank)).toEqual(expected)
  })

  it('counts every layer that shares the matrix', () => {
    const shared = { ...layer, layerIds: ['a', 'b'] as const }
    const { dense, ofRank } = latencyCost(shared, 100, table('step', points))
    expect([dense, ofRank(16)]).toEqual([4, 3])
  })

  it('refuses a shape or number of rows that was not timed', () => {
    expect(() => latencyCost(layer, 99, table('step', points))).toThrow(
      "Layer 'a' [40, 40] with 99 rows was not timed; measure this machine's rank curve again."
    )
  })

  it('refuses a curve that ends below break-even or is not sorted', () => {
    expect(() => latencyCost(layer, 100, table('step', points.slice(0, 2)))).toThrow(
      'ends at rank 16, below break-even at 19'
    )
    expect(() => latencyCost(layer, 100, table('step', points.toReversed()))).toThrow(
      'not in ascending order'
    )
  })
})
