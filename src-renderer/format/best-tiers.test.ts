import { describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { bestTiers } from './best-tiers'

const tier = (name: string, sizeBytes: number, wordErrorRate: number) =>
  completedTrial(name, {
    sizeBytes,
    wordErrorRate,
    wordErrorRateInterval: { lower: wordErrorRate, upper: wordErrorRate }
  })
const bestOf = (...trials: Parameters<typeof bestTiers>[0]) =>
  trials.filter(({ trialId }) => bestTiers(trials).has(trialId)).map(({ name }) => name)

describe('the best tiers', () => {
  it('are those that no other beats in both bytes and errors', () => {
    expect(bestOf(tier('a', 30, 0.05), tier('b', 20, 0.1), tier('c', 25, 0.2), tier('d', 10, 0.3))).toEqual([
      'a',
      'b',
      'd'
    ])
  })

  it('are one of each size, the better one', () => {
    expect(bestOf(tier('worse', 20, 0.2), tier('better', 20, 0.1))).toEqual(['better'])
  })

  it('are not the original, and none that the original beats', () => {
    const original = { ...tier('baseline', 15, 0.04), method: 'baseline' as const }
    expect(bestOf(original, tier('larger', 20, 0.05), tier('smaller', 10, 0.2))).toEqual(['smaller'])
  })

  it('are none while nothing was measured', () => {
    expect(bestOf(unmeasuredTrial('failed', 'failed'), unmeasuredTrial('pending', 'pending'))).toEqual([])
    expect(bestOf(baselineTrial)).toEqual([])
  })
})
