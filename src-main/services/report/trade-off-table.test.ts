import { describe, expect, it } from 'vitest'
import {
  baselineTrial,
  classifierTrial,
  completedTrial,
  int8Trial,
  unmeasuredTrial
} from '../../../tests/helpers/trial-reports'
import { formatTradeOffTable, trialRemark, trialSentence } from './trade-off-table'

const tier = completedTrial('whitened-svd 50%', { dominatedByInt8: true })

describe('formatTradeOffTable', () => {
  it('shows what was measured, and a dash for what was not', () => {
    const trials = [baselineTrial, int8Trial, tier, unmeasuredTrial('weight-svd 50%', 'failed')]
    expect(formatTradeOffTable(trials).split('\n')).toEqual([
      'trial                kept     WER  95 % interval  parameters     size     MAC/s      p50       p95  RTFx  peak memory',
      '-'.repeat(117),
      'baseline          49.57 %  4.00 %    3.00-5.00 %      8.00 M  32.0 MB  400.00 M  80.0 ms  160.0 ms  25.0     200.0 MB',
      'int8              49.57 %  4.50 %    3.40-5.60 %      8.00 M  12.0 MB  400.00 M  60.0 ms  120.0 ms  33.3     200.0 MB',
      'whitened-svd 50%  49.57 %  8.00 %   6.00-10.00 %      4.00 M  16.0 MB  400.00 M  40.0 ms   80.0 ms  50.0     200.0 MB  int8 alone is better',
      'weight-svd 50%          -       -              -           -        -         -        -         -     -            -  failed: numerical'
    ])
  })

  it('names the error rate of classifiers, and shows what was measured beside the usual', () => {
    const trial = classifierTrial('labels', {
      versusBaseline: { difference: 0.0123, lower: -0.004, upper: 0.021 },
      throughput: {
        realTimeSpeed: 75.5,
        unbatchedRealTimeSpeed: 50,
        batchAudioSeconds: 16,
        batches: 4,
        paddingShare: 0.02
      }
    })
    const [header, , row] = formatTradeOffTable([trial]).split('\n')
    expect(header!.split(/ {2,}/)).toEqual([
      'trial', 'kept', 'error rate', '95 % interval', 'vs baseline', 'parameters', 'size', 'MAC/s', 'p50', 'p95', 'RTFx', 'batched RTFx', 'peak memory'
    ]) // prettier-ignore
    expect(row).toMatch(/ 5\.00 % +3\.00-7\.00 % +\+1\.23 \(-0\.40 to \+2\.10\) .* 50\.0 +75\.5 /)
  })

  it('shows character errors where they were counted', () => {
    const [header, , row] = formatTradeOffTable([completedTrial('x', { characterErrorRate: 0.0312 })]).split(
      '\n'
    )
    expect(header).toMatch(/WER +95 % interval +CER/)
    expect(row).toMatch(/8\.00 % +6\.00-10\.00 % +3\.12 %/)
  })

  it('marks operations that could not be counted', () => {
    const [, , row] = formatTradeOffTable([completedTrial('x', { macsPerAudioSecond: null })]).split('\n')
    expect(row).toMatch(/16\.0 MB +- +40\.0 ms/)
  })
})

describe('trialRemark', () => {
  it.each([
    ['nothing of a tier that is worth having', completedTrial('x'), ''],
    ['that int8 alone is better', tier, 'int8 alone is better'],
    ['nothing of the baseline', baselineTrial, ''],
    ['why a trial failed', unmeasuredTrial('x', 'failed'), 'failed: numerical'],
    ['that a trial was cancelled', unmeasuredTrial('x', 'cancelled'), 'cancelled'],
    ['that a trial has not run', unmeasuredTrial('x', 'pending'), 'pending']
  ])('says %s', (_, trial, remark) => {
    expect(trialRemark(trial)).toBe(remark)
  })
})

describe('trialSentence', () => {
  it.each([
    [completedTrial('tier'), 'tier: WER 8.00 %, 16.0 MB'],
    [classifierTrial('tier'), 'tier: error rate 5.00 %, 16.0 MB'],
    [completedTrial('tier', { reused: true }), 'tier: WER 8.00 %, 16.0 MB (known already)'],
    [tier, 'whitened-svd 50%: WER 8.00 %, 16.0 MB (int8 alone is better)'],
    [unmeasuredTrial('tier', 'failed'), 'tier (failed: numerical)']
  ])('of %#', (trial, sentence) => {
    expect(trialSentence(trial)).toBe(sentence)
  })
})
