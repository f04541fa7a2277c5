import { describe, expect, it } from 'vitest'
import {
  baselineTrial,
  classifierTrial,
  completedTrial,
  int8Trial,
  unmeasuredTrial
} from '../../tests/helpers/trial-reports'
import { figureColumns } from '../charts/figures'
import { bestUnderBudget, limitSteps, type Limits } from './best-under-budget'

const half = completedTrial('half')
const trials = [unmeasuredTrial('failed', 'failed'), baselineTrial, int8Trial, half]
const columns = figureColumns(trials)
const answer = (limits: Limits) => {
  const { fitting, fewestErrors, smallest } = bestUnderBudget(trials, columns, limits)
  return [fitting, fewestErrors?.name, smallest?.name]
}

describe('the best under a budget', () => {
  it('is the best of all that was measured while nothing is limited', () => {
    expect(answer({})).toEqual([3, 'baseline', 'int8'])
  })

  it('stays within every limit; the limit itself is within', () => {
    expect(answer({ size: 16 })).toEqual([2, 'int8', 'int8'])
    expect(answer({ latency: 40 })).toEqual([1, 'half', 'half'])
    expect(answer({ error: 4.4 })).toEqual([1, 'baseline', 'baseline'])
  })

  it('is none when nothing fits', () => {
    expect(answer({ size: 12, latency: 40 })).toEqual([0, undefined, undefined])
  })

  it('of equal errors is the smaller one, and of equal sizes the one with less error', () => {
    const equals = [
      completedTrial('big', { sizeBytes: 20 }),
      completedTrial('small', { sizeBytes: 10 }),
      completedTrial('small and wrong', { sizeBytes: 10, wordErrorRate: 0.5 })
    ]
    const best = bestUnderBudget(equals, figureColumns(equals), {})
    expect([best.fewestErrors?.name, best.smallest?.name]).toEqual(['small', 'small'])
  })

  it('counts the errors of labels like those of words', () => {
    const labels = [classifierTrial('label')]
    expect(bestUnderBudget(labels, figureColumns(labels), { error: 5.01 }).fitting).toBe(1)
    expect(bestUnderBudget(labels, figureColumns(labels), { error: 4.99 }).fitting).toBe(0)
  })
})

describe('the steps of a limit', () => {
  it('are the values that trials have, each once, without what was not measured', () => {
    expect(limitSteps(columns.size)).toEqual([12, 16, 32])
  })
})
