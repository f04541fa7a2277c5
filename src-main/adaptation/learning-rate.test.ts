import { describe, expect, it } from 'vitest'
import type { LearningRateSchedule } from '@contract/training'
import { learningRateAt } from './learning-rate'

const full = 0.2
const [warmupSteps, totalSteps] = [4, 13]

function rates(kind: LearningRateSchedule['kind'], finalFraction: number): number[] {
  return Array.from({ length: totalSteps }, (_, index) =>
    learningRateAt({ kind, warmupSteps, finalFraction }, full, { step: index + 1, totalSteps })
  )
}

describe('the learning rate', () => {
  it.each(['constant', 'linear', 'cosine', 'exponential'] as const)('warms up before %s', (kind) => {
    expect(rates(kind, 0.5).slice(0, 5)).toEqual([0.05, 0.1, (0.2 * 3) / 4, 0.2, 0.2])
  })

  it.each([
    ['linear', 0.1, 0.11],
    ['cosine', 0.1, 0.11],
    ['exponential', 0.01, 0.02]
  ] as const)('falls with %s to the final fraction, half way in its sense', (kind, fraction, middle) => {
    const after = rates(kind, fraction).slice(warmupSteps)
    // Three roundings of numbers below 1.
    expect(after[4]!).toBeCloseTo(middle, 12)
    expect(after.at(-1)!).toBeCloseTo(full * fraction, 12)
    expect(after.every((rate, index) => index === 0 || rate < after[index - 1]!)).toBe(true)
  })

  it('stays at the final rate past the last step, and works for one step', () => {
    const schedule = { kind: 'cosine', warmupSteps: 0, finalFraction: 0.5 } as const
    expect(learningRateAt(schedule, 1, { step: 99, totalSteps: 10 })).toBeCloseTo(0.5, 12)
    expect(learningRateAt(schedule, 1, { step: 1, totalSteps: 1 })).toBe(1)
  })
})
