import { describe, expect, it } from 'vitest'
import type { Gate } from '@contract/gate'
import { completedTrial, pairedLatency, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { bestTier, judgeGates, passesAll, resolveGates, speedReferences, type GateEvidence } from './gates'

const figures = (changes: Partial<GateEvidence['tier']> = {}): GateEvidence['tier'] => ({
  wordErrorRate: 0.05,
  wordErrorRateInterval: { lower: 0.04, upper: 0.06 },
  latencyMilliseconds: { p50: 20, p95: 40, mean: 22, firstRun: 60 },
  realTimeFactor: 0.01,
  sizeBytes: 10_000,
  peakResidentBytes: 500,
  ...changes
})

const evidence: GateEvidence = {
  tier: figures(),
  baseline: figures({ latencyMilliseconds: { p50: 50, p95: 90, mean: 52, firstRun: 99 }, sizeBytes: 40_000 }),
  int8: figures({ latencyMilliseconds: { p50: 25, p95: 50, mean: 27, firstRun: 70 }, sizeBytes: 8_000 }),
  versusBaseline: { difference: 0.004, lower: 0.001, upper: 0.007 },
  versusInt8: { difference: -0.01, lower: -0.02, upper: -0.001 },
  pairedLatencies: []
}

const gate = (members: Partial<Gate> & Pick<Gate, 'metric'>): Gate => ({ reference: 'baseline', ...members })

describe('judgeGates', () => {
  it.each<[string, Gate, string, number | null]>([
    ['error rate: interval within', gate({ metric: 'error-rate', atMost: 0.06 }), 'passed', 0.05],
    ['error rate: interval outside', gate({ metric: 'error-rate', atMost: 0.03 }), 'failed', 0.05],
    [
      'error rate: value within, interval not',
      gate({ metric: 'error-rate', atMost: 0.055 }),
      'undecided',
      0.05
    ],
    [
      'error rate: value outside, interval not',
      gate({ metric: 'error-rate', atMost: 0.045 }),
      'undecided',
      0.05
    ],
    ['error rate at least: within', gate({ metric: 'error-rate', atLeast: 0.04 }), 'passed', 0.05],
    ['error rate at least: outside', gate({ metric: 'error-rate', atLeast: 0.07 }), 'failed', 0.05],
    ['increase: within', gate({ metric: 'error-rate-increase', atMost: 0.007 }), 'passed', 0.004],
    ['increase: open', gate({ metric: 'error-rate-increase', atMost: 0.005 }), 'undecided', 0.004],
    ['increase: outside', gate({ metric: 'error-rate-increase', atMost: 0 }), 'failed', 0.004],
    [
      'increase over int8',
      gate({ metric: 'error-rate-increase', atMost: 0, reference: 'int8' }),
      'passed',
      -0.01
    ],
    ['speedup at the bound', gate({ metric: 'speedup', atLeast: 2.5 }), 'passed', 2.5],
    ['speedup below', gate({ metric: 'speedup', atLeast: 2.51 }), 'failed', 2.5],
    ['speedup over int8', gate({ metric: 'speedup', atLeast: 1.2, reference: 'int8' }), 'passed', 1.25],
    ['real-time factor', gate({ metric: 'real-time-factor', atMost: 0.009 }), 'failed', 0.01],
    ['bytes', gate({ metric: 'size-bytes', atMost: 10_000 }), 'passed', 10_000],
    ['bytes over the baseline', gate({ metric: 'size-ratio', atMost: 0.25 }), 'passed', 0.25],
    ['bytes over int8', gate({ metric: 'size-ratio', atMost: 1, reference: 'int8' }), 'failed', 1.25],
    ['memory', gate({ metric: 'peak-memory-bytes', atMost: 499 }), 'failed', 500]
  ])('%s', (_, bound, verdict, value) => {
    expect(judgeGates([bound], evidence)).toEqual([
      expect.objectContaining({
        gate: bound,
        verdict,
        value: value === null ? null : (expect.closeTo(value, 12) as number)
      })
    ])
  })

  it.each<[string, number, string]>([
    ['passed when all of its interval is fast enough', 1.9, 'passed'],
    ['undecided when the bound lies inside', 2.05, 'undecided'],
    ['failed when all of it is too slow', 2.2, 'failed']
  ])('a speedup that was measured turn by turn is %s, whatever p50 says', (_, atLeast, verdict) => {
    const paired = { ...evidence, pairedLatencies: [pairedLatency()] }
    const interval = { lower: 1.9, upper: 2.1 }
    expect(judgeGates([gate({ metric: 'speedup', atLeast })], paired)).toEqual([
      expect.objectContaining({ verdict, value: 2, interval })
    ])
    // It is no speedup over another reference.
    const overInt8 = gate({ metric: 'speedup', atLeast, reference: 'int8' })
    expect(judgeGates([overInt8], paired)[0]).toMatchObject({ value: 1.25, interval: null })
  })

  it('names the references whose speed has to be measured, each once', () => {
    const int8 = gate({ metric: 'speedup', atLeast: 1, reference: 'int8' })
    const gates = [...resolveGates([{ preset: 'olive-streaming' }]), int8, int8]
    expect(speedReferences(gates)).toEqual(['baseline', 'int8'])
    expect(speedReferences([gate({ metric: 'size-bytes', atMost: 1 })])).toEqual([])
  })

  it('reads the error rate of a classifier from its accuracy', () => {
    const { wordErrorRate: _, wordErrorRateInterval: __, ...rest } = figures()
    const tier = { ...rest, accuracy: 0.97, accuracyInterval: { lower: 0.96, upper: 0.98 } }
    const [verdict] = judgeGates([gate({ metric: 'error-rate', atMost: 0.05 })], { ...evidence, tier })
    expect(verdict).toMatchObject({ verdict: 'passed', value: expect.closeTo(0.03, 12) as number })
    expect(verdict!.interval!.upper).toBeCloseTo(0.04, 12)
  })

  it('decides nothing that was not measured', () => {
    const nothing: GateEvidence = {
      tier: {},
      baseline: undefined,
      int8: undefined,
      versusBaseline: undefined,
      versusInt8: undefined,
      pairedLatencies: []
    }
    const gates = resolveGates([{ preset: 'olive-streaming' }])
    const verdicts = judgeGates(gates, nothing)
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(gates.map(() => 'undecided'))
    expect(verdicts.every(({ value, interval }) => value === null && interval === null)).toBe(true)
  })
})

describe('passesAll', () => {
  const verdict = (...all: ('passed' | 'failed' | 'undecided')[]) =>
    all.map((each) => ({
      gate: gate({ metric: 'speedup', atLeast: 1 }),
      value: 1,
      interval: null,
      verdict: each
    }))

  it.each([
    [true, verdict('passed', 'passed')],
    [false, verdict('passed', 'undecided')],
    [false, verdict('passed', 'failed')],
    [false, verdict()]
  ])('is %s', (expected, verdicts) => {
    expect(passesAll(verdicts)).toBe(expected)
  })
})

describe('bestTier', () => {
  const passed = judgeGates([gate({ metric: 'size-bytes', atMost: 1e9 })], evidence)
  const failed = judgeGates([gate({ metric: 'size-bytes', atMost: 1 })], evidence)

  it('is the smallest that passes, and of equally small ones the better', () => {
    const trials = [
      completedTrial('smaller but failing', { gates: failed, sizeBytes: 1 }),
      completedTrial('large', { gates: passed, sizeBytes: 9 }),
      completedTrial('small', { gates: passed, sizeBytes: 5, wordErrorRate: 0.07 }),
      completedTrial('small and better', { gates: passed, sizeBytes: 5, wordErrorRate: 0.06 })
    ]
    expect(bestTier(trials)?.name).toBe('small and better')
  })

  it('is nobody when none passes or nothing is asked', () => {
    expect(bestTier([completedTrial('a', { gates: failed }), unmeasuredTrial('b', 'failed')])).toBeUndefined()
    expect(bestTier([completedTrial('a')])).toBeUndefined()
  })
})
