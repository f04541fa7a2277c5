import { describe, expect, it } from 'vitest'
import { differenceBetween, differenceVerdict, tierLetter } from './tier-difference'

const listed = [
  { trialId: 'b', versusTrialId: 'a', difference: 0.02, lower: 0.01, upper: 0.04, utterances: 9 },
  { trialId: 'c', versusTrialId: 'a', difference: 0, lower: -0.01, upper: 0, utterances: 9 }
]

describe('the difference between two tiers', () => {
  it('is found either way round', () => {
    expect(differenceBetween(listed, 'b', 'a')).toEqual({ difference: 0.02, lower: 0.01, upper: 0.04 })
    expect(differenceBetween(listed, 'a', 'b')).toEqual({ difference: -0.02, lower: -0.04, upper: -0.01 })
    expect(differenceBetween(listed, 'a', 'c')).toEqual({ difference: 0, lower: 0, upper: 0.01 })
  })

  it('is unknown when it is not listed', () => {
    expect(differenceBetween(listed, 'b', 'c')).toBeUndefined()
  })
})

describe('the verdict', () => {
  it.each([
    ['fewer', -0.03, -0.01],
    ['more', 0.01, 0.03],
    ['undecided', -0.01, 0.03],
    ['undecided', 0, 0.03],
    ['undecided', -0.03, 0]
  ])('is %s for an interval from %f to %f', (verdict, lower, upper) => {
    expect(differenceVerdict({ difference: (lower + upper) / 2, lower, upper })).toBe(verdict)
  })
})

it('tiers are called A, B and so on', () => {
  expect([0, 1, 5].map(tierLetter)).toEqual(['A', 'B', 'F'])
})
