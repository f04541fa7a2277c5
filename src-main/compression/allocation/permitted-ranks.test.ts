import { describe, expect, it } from 'vitest'
import { pricedLayer } from '../../../tests/helpers/allocation-layers'
import { noConstraints } from './allocation'
import { permittedRanks, snapRank } from './permitted-ranks'

/** Break-even of [40, 40] is 19. */
const layer = pricedLayer('a', [40, 40], new Array<number>(40).fill(1))

describe('permittedRanks', () => {
  it.each([
    ['every rank below break-even', {}, { smallest: 1, largest: 19, step: 1 }],
    ['multiples', { rankMultiple: 8 }, { smallest: 8, largest: 16, step: 8 }],
    [
      'a minimum that is rounded up',
      { rankMultiple: 8, minimumRank: 9 },
      { smallest: 16, largest: 16, step: 8 }
    ],
    ['none above break-even', { minimumRank: 20 }, undefined],
    ['none when the multiple is above break-even', { rankMultiple: 32 }, undefined],
    ['none for a protected layer', { keepDense: new Set(['a']) }, undefined]
  ])('are %s', (_, constraints, expected) => {
    expect(permittedRanks(layer, { ...noConstraints, ...constraints })).toEqual(expected)
  })

  it('are none when any layer that shares the matrix is protected', () => {
    const shared = { ...layer, layerIds: ['a', 'b'] as const }
    expect(permittedRanks(shared, { ...noConstraints, keepDense: new Set(['b']) })).toBeUndefined()
  })
})

describe('snapRank', () => {
  const multiples = { ...noConstraints, rankMultiple: 4, minimumRank: 5 }

  it.each([
    [0, 'down', 8],
    [9.7, 'down', 8],
    [12, 'down', 12],
    [12, 'up', 12],
    [12.1, 'up', 16],
    [16.1, 'up', undefined],
    [19.9, 'down', 16],
    [20, 'down', undefined]
  ] as const)('takes %d %s to %s', (wanted, direction, expected) => {
    expect(snapRank(layer, multiples, wanted, direction)).toBe(expected)
  })

  it('stays dense where a pair does not cost less in the given unit', () => {
    const slow = { ...layer, cost: { dense: 10, ofRank: (rank: number) => (rank < 8 ? 5 : 10) } }
    expect(snapRank(slow, noConstraints, 7, 'down')).toBe(7)
    expect(snapRank(slow, noConstraints, 8, 'down')).toBeUndefined()
  })
})
