import { describe, expect, it } from 'vitest'
import { builtModelSchema, measurementSchema, trialReportSchema } from '@contract/trial'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { compareWithInt8, createTrialReport } from './trial-report'

const evaluation = { threads: 1, warmupUtterances: 3, normalizer: 'none', resample: false, seed: 1 } as const
const spec = { name: 'int8', making: { kind: 'int8-dynamic' }, evaluation } as const

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
      method: 'int8-dynamic',
      precision: 'int8',
      state: 'failed',
      rankPolicy: null,
      targetRetainedParameterFraction: 1,
      reused: false,
      error: { code: 'numerical', message: 'It broke.' }
    })
  })
})

describe('compareWithInt8', () => {
  function marks(trials: Parameters<typeof compareWithInt8>[0]): (boolean | undefined)[] {
    const unmarked = trials.map(({ dominatedByInt8: _, ...trial }) => trial)
    return compareWithInt8(unmarked).map(({ dominatedByInt8 }) => dominatedByInt8)
  }

  it('marks tiers only, by error rate, bytes and median latency', () => {
    const slower = completedTrial('slower', {
      latencyMilliseconds: { p50: 61, p95: 1, mean: 1, firstRun: 1 }
    })
    const faster = completedTrial('faster', {
      latencyMilliseconds: { p50: 59, p95: 900, mean: 900, firstRun: 1 }
    })
    expect(marks([baselineTrial, int8Trial, slower, faster])).toEqual([undefined, undefined, true, false])
  })

  it('compares int8 on top of factors with plain int8', () => {
    const both = completedTrial('whitened-svd 50% int8', { precision: 'int8', sizeBytes: 11_000_000 })
    expect(marks([int8Trial, both])).toEqual([undefined, false])
  })

  it('marks nothing that was not measured, nor anything without the yardstick', () => {
    expect(marks([int8Trial, unmeasuredTrial('tier', 'failed')])).toEqual([undefined, undefined])
    const failed = { ...unmeasuredTrial('int8', 'failed'), method: 'int8-dynamic' as const }
    expect(marks([failed, completedTrial('tier')])).toEqual([undefined, undefined])
    expect(marks([completedTrial('tier')])).toEqual([undefined])
  })
})
