import { describe, expect, it } from 'vitest'
import { measurementSchema, type Measurement, type UtteranceRecord } from '@contract/trial'
import { classifierTrial, completedTrial } from '../../../tests/helpers/trial-reports'
import { formatMeasurement } from './measurement-text'

const textMeasurement = measurementSchema.parse(
  completedTrial('texts', {
    characterErrorRate: 0.03,
    characterErrors: { substitutions: 100, deletions: 30, insertions: 20, referenceCharacters: 5000 }
  })
)
const labelMeasurement = measurementSchema.parse(classifierTrial('labels'))
const lines = (measured: Measurement, records: readonly UtteranceRecord[] = [], worst = 5) =>
  formatMeasurement(measured, records, worst).split('\n')

function record(utteranceId: string, changes: Partial<UtteranceRecord>): UtteranceRecord {
  return {
    utteranceId,
    reference: 'yes',
    hypothesis: 'no',
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: [],
    ...changes
  }
}

describe('formatMeasurement', () => {
  it('shows word and character errors of texts', () => {
    expect(lines(textMeasurement).slice(0, 3)).toEqual([
      'WER        8.00 %: 80 of 1000 words (S 60, D 12, I 8)',
      '           95 % interval 6.00 % to 10.00 %',
      'CER        3.00 %: 150 of 5000 characters (S 100, D 30, I 20)'
    ])
  })

  it('shows accuracy and the best few of labels', () => {
    expect(lines(labelMeasurement).slice(0, 2)).toEqual([
      'accuracy   95.00 %: 61 of 64 labels, top 3 98.00 %, top 5 99.00 %',
      '           95 % interval 93.00 % to 97.00 %'
    ])
  })

  it('names recordings that were left out, and says how batches did', () => {
    const measured: Measurement = {
      ...textMeasurement,
      unreadable: [{ utteranceId: 'a.wav', reason: "'a.wav' is no sound." }],
      throughput: {
        realTimeSpeed: 120,
        unbatchedRealTimeSpeed: 100,
        batchAudioSeconds: 16,
        batches: 4,
        paddingShare: 0.021
      }
    }
    expect(lines(measured)).toEqual(
      expect.arrayContaining([
        'batches    120.0 times faster than real time, 1.20 times one at a time (100.0); 4 batches, 2.1 % padding',
        'left out   1 that cannot be read:',
        "             a.wav: 'a.wav' is no sound."
      ])
    )
    expect(lines({ ...textMeasurement, throughputObstacle: 'It takes one.' })).toContain(
      'batches    It takes one.'
    )
  })

  it('lists the worst utterances, a wrong label as one error', () => {
    const text = record('text', {
      wordErrors: { substitutions: 2, deletions: 0, insertions: 0, referenceWords: 3 }
    })
    const records = [record('right', { labelRank: 1 }), record('label', { labelRank: null }), text]
    expect(lines(textMeasurement, records).slice(-7)).toEqual([
      'Worst utterances:',
      '  text (2 errors)',
      '    said   yes',
      '    heard  no',
      '  label (1 error)',
      '    said   yes',
      '    heard  no'
    ])
    expect(lines(textMeasurement, records, 0)).not.toContain('Worst utterances:')
  })
})
