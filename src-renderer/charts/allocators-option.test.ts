import { describe, expect, it } from 'vitest'
import { completedTrial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { allocatorComparisons } from './allocators-option'

describe('allocatorComparisons', () => {
  it('hold what differs in nothing but policy and budget, at budgets that two policies were given', () => {
    const comparisons = allocatorComparisons([
      completedTrial('uniform 50'),
      completedTrial('uniform 30', { targetRetainedFraction: 0.3 }),
      completedTrial('energy 50', { rankPolicy: 'energy' }),
      completedTrial('energy 50 int8', { rankPolicy: 'energy', precision: 'int8' }),
      completedTrial('by hand', { rankPolicy: 'manual', targetRetainedFraction: null }),
      { ...unmeasuredTrial('water 50', 'pending'), rankPolicy: 'water-filling' }
    ])
    expect(comparisons).toMatchObject([
      { title: 'whitened-svd, share of parameters', policies: ['uniform', 'energy'], targets: [0.5] }
    ])
    expect(comparisons[0]!.trials.map(({ trial }) => trial.name)).toEqual(['uniform 50', 'energy 50'])
  })

  it('are none without a second policy', () => {
    expect(allocatorComparisons([completedTrial('a')])).toEqual([])
  })
})
