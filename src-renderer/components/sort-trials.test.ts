import { describe, expect, it } from 'vitest'
import type { TrialReport } from '@contract/trial'
import { classifierTrial, completedTrial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { nextOrder, sortTrials } from './sort-trials'
import { differingColumns, trialColumns, usefulColumns } from './trial-columns'

const column = (id: string) => trialColumns().find((each) => each.id === id)!
/** The columns of a table as it is at first: without the settings. */
const measuredOf = (shown: readonly TrialReport[]) =>
  usefulColumns(shown).filter(({ isSetting }) => isSetting !== true)
const namesBy = (id: string, direction: 'ascending' | 'descending') =>
  sortTrials(trials, (trial) => column(id).sortValue(trial), direction).map(({ name }) => name)

const trials = [
  completedTrial('tier 10', { wordErrorRate: 0.05, realTimeFactor: 0.01, sizeBytes: 3 }),
  unmeasuredTrial('broken', 'failed'),
  completedTrial('tier 9', {
    wordErrorRate: 0.2,
    realTimeFactor: 0.04,
    sizeBytes: 3,
    macsPerAudioSecond: null
  })
]

describe('sorting', () => {
  it.each([
    ['wer', 'ascending', ['tier 10', 'tier 9', 'broken']],
    ['wer', 'descending', ['tier 9', 'tier 10', 'broken']],
    ['speed', 'ascending', ['tier 9', 'tier 10', 'broken']],
    ['name', 'ascending', ['broken', 'tier 9', 'tier 10']],
    ['macs', 'descending', ['tier 10', 'broken', 'tier 9']],
    ['size', 'descending', ['tier 10', 'tier 9', 'broken']]
  ] as const)('by %s %s', (id, direction, names) => {
    expect(namesBy(id, direction)).toEqual(names)
  })

  it('leaves the trials as they were', () => {
    namesBy('name', 'ascending')
    expect(trials.map(({ name }) => name)).toEqual(['tier 10', 'broken', 'tier 9'])
  })
})

describe('clicking a heading', () => {
  it('sorts up, then down, then not at all', () => {
    const up = nextOrder(undefined, 'wer')
    const down = nextOrder(up, 'wer')
    expect([up, down, nextOrder(down, 'wer')]).toEqual([
      { columnId: 'wer', direction: 'ascending' },
      { columnId: 'wer', direction: 'descending' },
      undefined
    ])
  })

  it('begins anew at another column', () => {
    expect(nextOrder({ columnId: 'wer', direction: 'ascending' }, 'size')).toEqual({
      columnId: 'size',
      direction: 'ascending'
    })
  })
})

describe('the columns', () => {
  it('name what was measured: labels and their places, differences, batches', () => {
    const trial = classifierTrial('labels', {
      versusBaseline: { difference: 0.0123, lower: 0.004, upper: 0.021 },
      throughput: {
        realTimeSpeed: 75.5,
        unbatchedRealTimeSpeed: 50,
        batchAudioSeconds: 16,
        batches: 4,
        paddingShare: 0.02
      }
    })
    const shown = Object.fromEntries(measuredOf([trial]).map((each) => [each.title, each.text(trial)]))
    expect(shown).toMatchObject({
      'Error rate': '5.00 %',
      '95 % interval': '3.00–7.00 %',
      Accuracy: '95.00 %',
      'Top 3': '98.00 %',
      'Top 5': '99.00 %',
      'vs baseline': '+1.23 (+0.40 to +2.10)',
      'Batched RTFx': '75.5'
    })
    expect(Object.keys(shown)).not.toContain('WER')
  })

  it('show a trial as the command line does', () => {
    const trial = completedTrial('tier', { dominatedByInt8: true, failures: { empty: 0, repeated: 2 } })
    expect(measuredOf([trial]).map((each) => each.text(trial))).toEqual([
      'tier',
      '49.57 %',
      '8.00 %',
      '6.00–10.00 %',
      '4.00 M',
      '16.0 MB',
      '400.00 M',
      '40.0 ms',
      '80.0 ms',
      '50.0',
      '200.0 MB',
      'int8 alone is better, 2 repeated'
    ])
  })

  it('show a dash where a completed trial has no number', () => {
    expect(column('macs').text(completedTrial('a', { macsPerAudioSecond: null }))).toBe('–')
  })

  it('that differ are those in which not all completed trials say the same, and the name', () => {
    const shown = [
      completedTrial('a'),
      completedTrial('b', { refit: true, sizeBytes: 1 }),
      unmeasuredTrial('broken', 'failed')
    ]
    expect(differingColumns(trialColumns(), shown).map(({ id }) => id)).toEqual(['name', 'refit', 'size'])
  })
})
