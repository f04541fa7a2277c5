import { describe, expect, it } from 'vitest'
import type { RankMap } from '@contract/rank-plan'
import { pricedLayer } from '../../../tests/helpers/allocation-layers'
import { noConstraints } from './allocation'
import { allocateRanks } from './policies'

const spectrum = [4, 3, 2, 1]
const layers = [
  pricedLayer('a', [4, 6], spectrum),
  pricedLayer('b', [4, 4], spectrum, { layerIds: ['b', 'c'] }),
  pricedLayer('d', [4, 4], spectrum)
]
const at = (rankMap: RankMap, keepDense: string[] = []) =>
  allocateRanks('manual', {
    layers,
    rankMap,
    constraints: { rankMultiple: 2, minimumRank: 2, keepDense: new Set(keepDense) }
  })

describe('manual ranks', () => {
  it('are taken as they are; what is not named stays dense', () => {
    expect(at({ a: 3, d: 'dense' }).ranks).toEqual([3, undefined, undefined])
    expect(at({ a: 4 }).cost).toBe(40 + 16 + 16)
  })

  it('may be given under any layer that shares the matrix', () => {
    expect(at({ c: 1 }).ranks).toEqual([undefined, 1, undefined])
    expect(at({ b: 1, c: 1 }).ranks).toEqual([undefined, 1, undefined])
  })

  it.each([
    [{ e: 1 }, 'e', 'is not among the layers to compress; remove it or correct its id.'],
    [{ a: 5 }, 'a', "has rank 5, expected a whole number from 1 to 4 or 'dense'."],
    [{ a: 1.5 }, 'a', "has rank 1.5, expected a whole number from 1 to 4 or 'dense'."],
    [{ b: 1, c: 2 }, 'c', "shares its weight with 'b' but has another rank; give both the same."],
    [{ d: 1 }, 'd', "has rank 1 but 'd' is to stay dense; drop one of the two."]
  ] as const)('refuse %j', (rankMap, layerId, problem) => {
    expect(() => at(rankMap, ['d'])).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: `Layer '${layerId}' of the rank map ${problem}`,
        details: { layerId }
      })
    )
  })

  it('are needed', () => {
    expect(() => allocateRanks('manual', { layers, constraints: noConstraints })).toThrow(
      "The rank policy 'manual' needs a rank map; give it one."
    )
  })
})
