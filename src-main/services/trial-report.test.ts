import { describe, expect, it } from 'vitest'
import { builtModelSchema, measurementSchema, trialReportSchema } from '@contract/trial'
import { int8Trial } from '../../tests/helpers/trial-reports'
import type { LowRankMaking } from '../study/trial-spec'
import { createTrialReport } from './trial-report'

const spec = { name: 'int8', making: { kind: 'quantize', precision: 'int8' } } as const

describe('createTrialReport', () => {
  it('joins what was planned, built and measured into the shape of the contract', () => {
    const outcome = {
      built: builtModelSchema.parse(int8Trial),
      measurement: measurementSchema.parse(int8Trial)
    }
    const report = createTrialReport({ trialId: 'id', spec, state: 'completed', reused: true, outcome })
    expect(trialReportSchema.parse(report)).toEqual(report)
    const { dominatedByInt8, ...expected } = int8Trial
    expect(dominatedByInt8).toBe(false)
    expect(report).toEqual({ ...expected, trialId: 'id', rankPolicy: null, reused: true })
  })

  it('has no numbers where nothing was measured, and only code and message of an error', () => {
    const error = { code: 'numerical', message: 'It broke.', details: { layer: 'fc' } }
    const report = createTrialReport({ trialId: 'id', spec, state: 'failed', reused: false, error })
    expect(trialReportSchema.parse(report)).toEqual(report)
    expect(report).toEqual({
      trialId: 'id',
      name: 'int8',
      method: 'quantize',
      precision: 'int8',
      state: 'failed',
      rankPolicy: null,
      targetRetainedFraction: null,
      budgetUnit: null,
      budgetScope: null,
      calibration: null,
      refit: false,
      reused: false,
      error: { code: 'numerical', message: 'It broke.' }
    })
  })

  it('says of a low-rank trial what was to be kept, and of which ranks', () => {
    const ranks = {
      policy: 'energy',
      retainedFraction: 0.5,
      budgetUnit: 'bytes',
      budgetScope: 'model',
      rankMultiple: 8,
      minimumRank: 1
    } as const
    const making: LowRankMaking = {
      kind: 'low-rank',
      method: 'asvd',
      ranks,
      selection: { excludeRoles: [], include: [], exclude: [] },
      damping: 0,
      refit: true,
      calibration: 'sequential',
      precision: 'int8'
    }
    const state = { trialId: 'id', state: 'pending', reused: false } as const
    expect(createTrialReport({ ...state, spec: { name: 'tier', making } })).toMatchObject({
      method: 'asvd',
      precision: 'int8',
      rankPolicy: 'energy',
      targetRetainedFraction: 0.5,
      budgetUnit: 'bytes',
      budgetScope: 'model',
      calibration: 'sequential',
      refit: true
    })
    const byHand: LowRankMaking = { ...making, ranks: { policy: 'manual', rankMap: { fc: 3 } } }
    expect(createTrialReport({ ...state, spec: { name: 'tier', making: byHand } })).toMatchObject({
      rankPolicy: 'manual',
      targetRetainedFraction: null,
      budgetUnit: null
    })
  })
})
