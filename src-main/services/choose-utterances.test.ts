import { describe, expect, it } from 'vitest'
import type { UtteranceRecord } from '@contract/trial'
import { baselineTrial, completedTrial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { chooseUtterances } from './choose-utterances'

function text(utteranceId: string, hypothesis: string, substitutions: number): UtteranceRecord {
  return {
    utteranceId,
    reference: 'go left',
    hypothesis,
    wordErrors: { substitutions, deletions: 0, insertions: 0, referenceWords: 2 },
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: []
  }
}

const tier = completedTrial('tier')
const records: Readonly<Record<string, readonly UtteranceRecord[]>> = {
  [baselineTrial.trialId]: [text('a', 'go left', 0), text('b', 'no right', 2), text('c', 'go left', 0)],
  [tier.trialId]: [text('a', 'go right', 1), text('b', 'no right', 2), text('c', 'go left', 0)]
}
const read = (trialId: string) => records[trialId] ?? []

describe('chooseUtterances', () => {
  const [ofBaseline, ofTier] = chooseUtterances([baselineTrial, tier, unmeasuredTrial('x', 'failed')], read)

  it('shows the most errors first and leaves out what was right', () => {
    expect(
      ofTier!.worst.map(({ utteranceId, errors, baselineErrors }) => [utteranceId, errors, baselineErrors])
    ).toEqual([
      ['b', 2, 2],
      ['a', 1, 0]
    ])
  })

  it('shows what changed against the baseline, which has no changes itself', () => {
    expect(ofTier!.mostChanged.map(({ utteranceId }) => utteranceId)).toEqual(['a'])
    expect(ofBaseline!.mostChanged).toEqual([])
  })

  it('aligns the words', () => {
    expect(ofTier!.mostChanged[0]!.words).toEqual([
      { operation: 'match', reference: 'go', hypothesis: 'go' },
      { operation: 'substitution', reference: 'left', hypothesis: 'right' }
    ])
  })

  it('shows labels whole, with the place of the right one', () => {
    const { wordErrors: _, ...label } = text('d', 'turn right', 0)
    const [chosen] = chooseUtterances([tier], () => [{ ...label, labelRank: 3 }])
    expect(chosen!.worst).toEqual([
      expect.objectContaining({
        errors: 1,
        total: 1,
        labelRank: 3,
        words: [{ operation: 'substitution', reference: 'go left', hypothesis: 'turn right' }]
      })
    ])
  })
})
