import { describe, expect, it } from 'vitest'
import { assertDisjointSets } from './disjoint-sets'

const set = (name: string, ...audioHashes: string[]) => ({ name, audioHashes })

describe('assertDisjointSets', () => {
  it.each([
    ['no sets', []],
    ['one set with a recording twice', [set('calibration set', 'a', 'a')]],
    ['sets that share nothing', [set('calibration set', 'a'), set('evaluation set', 'b', 'c')]]
  ])('passes %s', (_, sets) => {
    expect(() => assertDisjointSets(sets)).not.toThrow()
  })

  it.each([
    [
      'the first and the second',
      ['a', 'b'],
      ['b', 'c'],
      ['d'],
      'calibration set and the development set share 1 of 2'
    ],
    [
      'the first and the third',
      ['a', 'b'],
      ['c'],
      ['b', 'a'],
      'calibration set and the evaluation set share 2 of 2'
    ],
    [
      'the second and the third',
      ['a'],
      ['b'],
      ['b', 'c'],
      'development set and the evaluation set share 1 of 2'
    ]
  ])('names %s', (_, calibration, development, evaluation, shared) => {
    expect(() =>
      assertDisjointSets([
        set('calibration set', ...calibration),
        set('development set', ...development),
        set('evaluation set', ...evaluation)
      ])
    ).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: `The ${shared} recordings, expected none; take the shared ones out of one set.`
      })
    )
  })
})
