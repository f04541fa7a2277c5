import { describe, expect, it } from 'vitest'
import { utteranceQuerySchema } from '@contract/compare'
import { evaluationSettingsSchema } from '@contract/recipe'
import type { UtteranceRecord } from '@contract/trial'
import type { ComparedRecords } from './compared-records'
import { listUtterances } from './list-utterances'
import { tierDifferences } from './tier-differences'

function record(
  utteranceId: string,
  hypothesis: string,
  errors: number,
  failures: string[] = []
): UtteranceRecord {
  return {
    utteranceId,
    reference: `said ${utteranceId}`,
    hypothesis,
    speaker: `Speaker of ${utteranceId}`,
    wordErrors: { substitutions: errors, deletions: 0, insertions: 0, referenceWords: 2 },
    audioSeconds: 1.5,
    processingMilliseconds: 20,
    failures
  }
}

function compared(...tiers: (readonly UtteranceRecord[])[]): ComparedRecords {
  return {
    evaluation: evaluationSettingsSchema.parse({}),
    tiers: tiers.map((records, index) => ({
      trialId: `tier ${index}`,
      records: new Map(records.map((each) => [each.utteranceId, each]))
    }))
  }
}

const two = compared(
  [record('a', 'said a', 0), record('b', 'sad c', 2), record('c', 'said c', 0), record('d', 'said d', 0)],
  [record('a', 'said b', 1), record('b', 'sad b', 1), record('c', 'said c', 0), record('d', '', 2, ['empty'])]
)

function list(records: ComparedRecords, query: object) {
  return listUtterances(records, utteranceQuerySchema.parse(query))
}

function ids(query: object, records = two): string {
  return list(records, query)
    .utterances.map(({ utteranceId }) => utteranceId)
    .join('')
}

describe('the list of utterances', () => {
  it.each([
    ['worst first, equal ones as recorded', {}, 'bdac'],
    ['most changed first', { order: 'changed' }, 'dabc'],
    ['as recorded', { order: 'recorded' }, 'abcd'],
    ['those with errors', { order: 'recorded', filter: 'wrong' }, 'abd'],
    ['those in which the tiers disagree', { order: 'recorded', filter: 'changed' }, 'abd'],
    ['those with a flag', { filter: 'flagged' }, 'd'],
    ['a search in what was understood', { order: 'recorded', search: 'SAD' }, 'b'],
    ['a search in the reference', { search: 'said c' }, 'c'],
    ['a search for a speaker', { search: 'speaker of a' }, 'a'],
    ['a search and a filter', { search: 'said', filter: 'flagged' }, 'd'],
    ['a part', { offset: 1, limit: 2 }, 'da'],
    ['what lies behind the end', { offset: 9 }, '']
  ])('%s', (_, query, expected) => {
    expect(ids(query)).toBe(expected)
  })

  it('counts what matches on all pages', () => {
    expect(list(two, { filter: 'wrong', limit: 1 })).toMatchObject({ total: 4, matching: 3, offset: 0 })
  })

  it('aligns the words of each tier', () => {
    const [first] = list(two, {}).utterances
    expect(first).toMatchObject({ utteranceId: 'b', reference: 'said b', total: 2, speaker: 'Speaker of b' })
    expect(first?.readings.map((reading) => reading?.words.map(({ operation }) => operation))).toEqual([
      ['substitution', 'substitution'],
      ['substitution', 'match']
    ])
  })

  it('has a gap where a tier did not hear a recording', () => {
    const { utterances } = list(compared([record('a', 'x', 1)], [record('b', 'y', 1)]), {})
    expect(utterances.map(({ readings }) => readings.map((reading) => reading?.hypothesis ?? null))).toEqual([
      ['x', null],
      [null, 'y']
    ])
  })

  it('takes a label as one word', () => {
    const label: UtteranceRecord = {
      utteranceId: 'a',
      reference: 'turn left',
      hypothesis: 'turn right',
      labelRank: 2,
      audioSeconds: 1,
      processingMilliseconds: 1,
      failures: []
    }
    expect(
      list(compared([label], [{ ...label, hypothesis: 'turn left', labelRank: 1 }]), {}).utterances[0]
    ).toEqual({
      utteranceId: 'a',
      reference: 'turn left',
      speaker: null,
      audioSeconds: 1,
      total: 1,
      readings: [
        {
          hypothesis: 'turn right',
          words: [{ operation: 'substitution', reference: 'turn left', hypothesis: 'turn right' }],
          errors: 1,
          milliseconds: 1,
          failures: [],
          labelRank: 2
        },
        {
          hypothesis: 'turn left',
          words: [{ operation: 'match', reference: 'turn left', hypothesis: 'turn left' }],
          errors: 0,
          milliseconds: 1,
          failures: [],
          labelRank: 1
        }
      ]
    })
  })

  it('answers for 10,000 recordings of six tiers as quickly as a scroll needs', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => record(String(i), `said ${i % 7}`, i % 3))
    const records = compared(many, many, many, many, many, many)
    list(records, { offset: 5000 })
    const start = performance.now()
    list(records, { order: 'changed', search: 'said 3', offset: 1000 })
    // The whole test takes a tenth of a second on an idle machine; it must not fail because the machine is busy.
    expect(performance.now() - start).toBeLessThan(1500)
  })
})

describe('differences between tiers', () => {
  const { signal } = new AbortController()

  it('holds each tier against those before it, over what both heard', async () => {
    const three = compared(
      [record('a', 'x', 0), record('b', 'x', 0)],
      [record('a', 'x', 1), record('b', 'x', 1)],
      [record('b', 'x', 2)]
    )
    // Every draw of equal recordings has the same rate, so the intervals have no width.
    expect(await tierDifferences(three, signal)).toEqual([
      { trialId: 'tier 1', versusTrialId: 'tier 0', difference: 0.5, lower: 0.5, upper: 0.5, utterances: 2 },
      { trialId: 'tier 2', versusTrialId: 'tier 0', difference: 1, lower: 1, upper: 1, utterances: 1 },
      { trialId: 'tier 2', versusTrialId: 'tier 1', difference: 0.5, lower: 0.5, upper: 0.5, utterances: 1 }
    ])
  })

  it('leaves out a pair that heard nothing in common', async () => {
    expect(await tierDifferences(compared([record('a', 'x', 0)], [record('b', 'x', 0)]), signal)).toEqual([])
  })

  it('stops when nobody waits any more', async () => {
    await expect(tierDifferences(two, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
