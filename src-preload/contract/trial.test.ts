import { describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { lowRankMethods } from './recipe'
import {
  studyReportSchema,
  trialMethodSchema,
  trialOutcomeSchema,
  trialReportSchema,
  type TrialReport
} from './trial'

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

const trials: readonly TrialReport[] = [
  baselineTrial,
  int8Trial,
  completedTrial('tier', {
    macsPerAudioSecond: null,
    plan: [
      { layerId: 'fc', role: 'fc1', blockIndex: null, inFeatures: 4, outFeatures: 8, rank: null },
      { layerId: 'q', role: 'q', blockIndex: 0, inFeatures: 4, outFeatures: 4, rank: 1 }
    ],
    failures: { empty: 2 }
  }),
  unmeasuredTrial('failed', 'failed'),
  unmeasuredTrial('pending', 'pending')
]

describe('a study report', () => {
  it('comes back from JSON as it was', () => {
    const study = {
      ...{ studyId: 's', name: 'n', modelHash: 'm', calibrationHash: 'c', evaluationHash: 'e' },
      ...{ developmentHash: null, selectedOn: 'evaluation' }
    }
    const report = { study, trials }
    expect(studyReportSchema.parse(throughJson(report))).toEqual(report)
  })

  it.each<[string, unknown]>([
    ['an unknown state', { ...int8Trial, state: 'paused' }],
    ['an unknown method', { ...int8Trial, method: 'svd' }],
    ['half an error', { ...int8Trial, wordErrors: { ...int8Trial.wordErrors, insertions: 0.5 } }],
    ['fewer than no errors', { ...int8Trial, wordErrors: { ...int8Trial.wordErrors, deletions: -1 } }],
    ['a number that is none', { ...int8Trial, wordErrorRate: NaN }],
    ['no name', { ...int8Trial, name: undefined }]
  ])('is refused with %s', (_, trial) => {
    expect(trialReportSchema.safeParse(trial).success).toBe(false)
  })
})

describe('an outcome', () => {
  it('needs both what was built and what was measured', () => {
    const outcome = { built: int8Trial, measurement: int8Trial }
    expect(trialOutcomeSchema.safeParse(throughJson(outcome)).success).toBe(true)
    expect(trialOutcomeSchema.safeParse({ built: int8Trial }).success).toBe(false)
    const { plan: _, ...withoutPlan } = int8Trial
    expect(trialOutcomeSchema.safeParse({ ...outcome, built: withoutPlan }).success).toBe(false)
  })
})

describe('the names', () => {
  it('hold every low-rank method of a recipe', () => {
    expect(trialMethodSchema.options).toEqual(['baseline', 'quantize', ...lowRankMethods])
  })
})
