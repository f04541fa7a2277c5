import { describe, expect, it } from 'vitest'
import { parse } from 'csv-parse/sync'
import {
  baselineTrial,
  completedTrial,
  pairedLatency,
  unmeasuredTrial
} from '../../tests/helpers/trial-reports'
import { csvReport } from './csv-report'

const rowsOf = (text: string) => parse<Record<string, string>>(text, { columns: true })

describe('csvReport', () => {
  it('has a row per trial with unrounded figures, and nothing where nothing was measured', () => {
    const tier = completedTrial('tier', {
      wordErrorRate: 0.08123456789012345,
      versusBaseline: { difference: -0.01, lower: -0.03, upper: 0.02 },
      macsPerAudioSecond: null,
      pairedLatencies: [pairedLatency({ speedup: 1.5, interval: { lower: 1.25, upper: 1.75 } })],
      failures: { empty: 2, truncated: 1 },
      gates: [
        {
          gate: { metric: 'error-rate', atMost: 0.1, reference: 'baseline' },
          value: 0.08,
          interval: null,
          verdict: 'undecided'
        }
      ]
    })
    const [baseline, second, third] = rowsOf(
      csvReport([baselineTrial, tier, unmeasuredTrial('later', 'pending')])
    )
    expect(baseline).toMatchObject({ trial: 'baseline', size_bytes: '32000000', rank_policy: '' })
    expect(second).toMatchObject({
      trial: 'tier',
      word_error_rate_fraction: '0.08123456789012345',
      error_rate_minus_baseline_fraction: '-0.01',
      macs_per_audio_second: '',
      latency_p50_milliseconds: '40',
      speedup_over_baseline: '1.5',
      speedup_over_baseline_lower: '1.25',
      speedup_over_int8: '',
      failures_recordings: 'empty=2 truncated=1',
      'gate: error rate at most 10.00 %': 'undecided'
    })
    expect(third).toMatchObject({ trial: 'later', state: 'pending', size_bytes: '' })
  })

  it.each([
    ['a "quoted", long\nname', 'a "quoted", long\nname'],
    ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
    ['+1', "'+1"],
    ['@SUM(A1)', "'@SUM(A1)"]
  ])('keeps %j one cell that no spreadsheet runs', (name, cell) => {
    expect(rowsOf(csvReport([completedTrial(name)]))[0]!.trial).toBe(cell)
  })
})
