import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { mostFailedTrials } from '@contract/job'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openDatabase } from './database'
import { createRecords, type Records, type StudyRecord } from './records'
import { migrate } from './schema'

const folder = useTemporaryFolder()
let records: Records

beforeEach(() => {
  const database = openDatabase(join(folder(), 'lathe.sqlite'))
  migrate(database)
  records = createRecords(database)
  return () => database.close()
})

const study = (studyId: string, changes: Partial<StudyRecord> = {}): StudyRecord => ({
  studyId,
  name: `study ${studyId}`,
  recipe: { tiers: [0.5, 0.25] },
  createdAt: '2026-01-01T00:00:00Z',
  trials: [
    { trialId: 'b', name: 'baseline' },
    { trialId: 'a', name: 'int8' }
  ],
  ...changes
})

function startTrial(trialId = 'a'): void {
  records.startTrial({ trialId, spec: { method: 'svd' }, startedAt: '2026-01-01T00:00:00Z' })
}

const finished = { result: { wordErrorRate: 0.04 }, finishedAt: '2026-01-01T00:05:00Z' }
const failed = { state: 'failed', error: { code: 'native' }, finishedAt: '2026-01-01T00:03:00Z' } as const

describe('studies', () => {
  it('come back as they were saved, trials in order', () => {
    records.saveStudy(study('s1'))
    expect(records.findStudy('s1')).toEqual(study('s1'))
  })

  it('may be saved again: the trials are replaced and the first date stays', () => {
    records.saveStudy(study('s1'))
    const trials = [{ trialId: 'c', name: 'half' }]
    records.saveStudy(study('s1', { name: 'new', createdAt: '2027-01-01T00:00:00Z', trials }))
    expect(records.findStudy('s1')).toEqual(study('s1', { name: 'new', trials }))
    expect(records.listStudies()).toHaveLength(1)
  })

  it('are saved whole or not at all', () => {
    records.saveStudy(study('s1'))
    const broken = [{ trialId: 'x', name: null as unknown as string }]
    expect(() => records.saveStudy(study('s1', { name: 'new', trials: broken }))).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
    expect(records.findStudy('s1')).toEqual(study('s1'))
  })

  it('are found by id before name before the beginning of the id', () => {
    records.saveStudy(study('abc1', { name: 'first' }))
    records.saveStudy(study('abd2', { name: 'abc1' }))
    records.saveStudy(study('first', { name: 'third' }))
    expect(records.findStudy('abc1').studyId).toBe('abc1')
    expect(records.findStudy('first').studyId).toBe('first')
    expect(records.findStudy('third').studyId).toBe('first')
    expect(records.findStudy('abd').studyId).toBe('abd2')
  })

  it('that a word fits several of are listed by id', () => {
    records.saveStudy(study('abc1', { name: 'same' }))
    records.saveStudy(study('abd2', { name: 'same' }))
    for (const [word, sentence] of [
      ['ab', "'ab' fits 2 studies, expected one: name one of abc1, abd2 by its id."],
      ['same', "'same' fits 2 studies, expected one: name one of abc1, abd2 by its id."]
    ] as const) {
      expect(() => records.findStudy(word)).toThrow(
        expect.objectContaining({ code: 'conflict', message: sentence })
      )
    }
  })

  it.each(['', 'zzz', '%', '_bc1', 'study'])('are not found by %j', (word) => {
    records.saveStudy(study('abc1'))
    expect(() => records.findStudy(word)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `No study has the id or the name '${word}': choose one from the list of studies.`
      })
    )
  })

  it('are listed with their progress, the latest first', () => {
    records.saveStudy(study('old'))
    records.saveStudy(study('new', { createdAt: '2026-02-01T00:00:00Z', trials: [] }))
    startTrial('a')
    startTrial('b')
    records.finishTrial('a', finished)
    records.failTrial('b', failed)
    expect(records.listStudies()).toEqual([
      {
        studyId: 'new',
        name: 'study new',
        createdAt: '2026-02-01T00:00:00Z',
        trialCount: 0,
        completedTrialCount: 0,
        failedTrialCount: 0
      },
      {
        studyId: 'old',
        name: 'study old',
        createdAt: '2026-01-01T00:00:00Z',
        trialCount: 2,
        completedTrialCount: 1,
        failedTrialCount: 1
      }
    ])
  })
})

describe('trials', () => {
  it('go from running to completed with their result', () => {
    expect(records.trial('a')).toBeUndefined()
    startTrial()
    const running = {
      trialId: 'a',
      spec: { method: 'svd' },
      state: 'running',
      crashes: 0,
      result: undefined,
      error: undefined,
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: undefined
    }
    expect(records.trial('a')).toEqual(running)
    expect(records.finishTrial('a', finished)).toBe(true)
    expect(records.trial('a')).toEqual({ ...running, ...finished, state: 'completed' })
  })

  it('keep the first result whatever comes after', () => {
    startTrial()
    records.finishTrial('a', finished)
    const before = records.trial('a')
    expect(records.finishTrial('a', { result: 2, finishedAt: 'later' })).toBe(false)
    expect(records.failTrial('a', failed)).toBe(false)
    expect(() => startTrial()).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: 'Trial a is completed and is not started again: use the result it has.'
      })
    )
    expect(records.trial('a')).toEqual(before)
  })

  it('that are completed may be given a result that holds more, others not', () => {
    startTrial()
    expect(() => records.extendTrial('a', { wordErrorRate: 1 })).toThrow(
      expect.objectContaining({ code: 'conflict' })
    )
    records.finishTrial('a', finished)
    const before = records.trial('a')
    records.extendTrial('a', { wordErrorRate: 1, more: 2 })
    expect(records.trial('a')).toEqual({ ...before, result: { wordErrorRate: 1, more: 2 } })
  })

  it.each(['failed', 'cancelled'] as const)('that %s start again with the utterances they have', (state) => {
    startTrial()
    records.recordUtterances('a', [{ utteranceId: 'u1', record: 1 }])
    records.failTrial('a', { ...failed, state })
    expect(records.trial('a')).toMatchObject({ state, error: { code: 'native' }, result: undefined })
    records.startTrial({ trialId: 'a', spec: { method: 'svd' }, startedAt: '2026-01-02T00:00:00Z' })
    expect(records.trial('a')).toMatchObject({
      state: 'running',
      error: undefined,
      finishedAt: undefined,
      startedAt: '2026-01-02T00:00:00Z'
    })
    expect(records.utterancesOf('a')).toHaveLength(1)
  })

  it('that crash once may start again; twice, they are poisoned until they are forgiven', () => {
    records.saveStudy(study('s1'))
    startTrial()
    expect(records.countCrash('a')).toBe(false)
    records.failTrial('a', failed)
    expect(records.trial('a')).toMatchObject({ state: 'failed', crashes: 1 })
    startTrial()
    expect(records.countCrash('a')).toBe(true)
    // Still under way: it may yet complete.
    expect(records.trial('a')).toMatchObject({ state: 'running', crashes: 2 })
    records.failTrial('a', failed)
    expect(records.trial('a')).toMatchObject({ state: 'poisoned', error: { code: 'native' } })
    expect(() => startTrial()).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: 'Trial a is poisoned and is not started again: forgive it first.'
      })
    )
    expect(records.failuresOf('s1')?.first).toEqual([{ name: 'int8', state: 'poisoned', message: '' }])
    expect(records.forgiveTrials('other')).toBe(0)
    expect(records.forgiveTrials('s1')).toBe(1)
    startTrial()
    expect(records.trial('a')).toMatchObject({ state: 'running', crashes: 0 })
  })

  it('that completed after crashes are completed', () => {
    records.saveStudy(study('s1'))
    startTrial()
    for (let crash = 0; crash < 3; crash++) records.countCrash('a')
    records.finishTrial('a', finished)
    expect(records.trial('a')?.state).toBe('completed')
    expect(records.forgiveTrials('s1')).toBe(0)
  })

  it('say that a record is damaged instead of giving half of it', () => {
    startTrial()
    records.finishTrial('a', finished)
    const other = openDatabase(join(folder(), 'lathe.sqlite'))
    other.run("UPDATE trials SET result_json = substr(result_json, 1, 5) WHERE trial_id = 'a'")
    other.close()
    expect(() => records.trial('a')).toThrow(
      expect.objectContaining({
        code: 'io',
        message:
          'A record of the workspace is damaged: restore lathe.sqlite from a copy, or run the study in a new workspace.'
      })
    )
  })

  it('tell a result that is null from no result', () => {
    startTrial()
    records.finishTrial('a', { ...finished, result: null })
    expect(records.trial('a')?.result).toBeNull()
  })

  it.each([
    ['finished', () => records.finishTrial('x', finished)],
    ['failed', () => records.failTrial('x', failed)],
    ['counted as crashed', () => records.countCrash('x')],
    ['given utterances', () => records.recordUtterances('x', [{ utteranceId: 'u', record: 1 }])]
  ])('cannot be %s before they start', (_name, act) => {
    expect(act).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: 'Trial x was never started: start it first.'
      })
    )
    expect(records.utterancesOf('x')).toEqual([])
  })
})

describe('failures of a study', () => {
  it('are named in its order with their reasons, and no other trial is', () => {
    const trials = ['d', 'c', 'b', 'a'].map((trialId) => ({ trialId, name: `tier ${trialId}` }))
    records.saveStudy(study('s1', { trials }))
    for (const trialId of ['a', 'b', 'c']) startTrial(trialId)
    const error = { code: 'crashed', message: 'It fell over.' }
    records.failTrial('a', { ...failed, error })
    records.failTrial('b', { ...failed, state: 'cancelled', error })
    records.failTrial('c', { ...failed, error: { code: 'native' } })
    expect(records.failuresOf('s1')).toEqual({
      count: 2,
      first: [
        { name: 'tier c', state: 'failed', message: '' },
        { name: 'tier a', state: 'failed', message: 'It fell over.' }
      ]
    })
  })

  it('are all counted, and so many are named as one reads', () => {
    const trials = Array.from({ length: 50 }, (_, place) => ({ trialId: `t${place}`, name: `tier ${place}` }))
    records.saveStudy(study('s1', { trials }))
    for (const { trialId } of trials) {
      startTrial(trialId)
      records.failTrial(trialId, failed)
    }
    const failures = records.failuresOf('s1')
    expect(failures?.count).toBe(50)
    expect(failures?.first.map(({ name }) => name)).toEqual(
      trials.slice(0, mostFailedTrials).map(({ name }) => name)
    )
  })

  it('are none where none has failed, or there is no study', () => {
    records.saveStudy(study('s1'))
    startTrial()
    records.finishTrial('a', finished)
    expect([records.failuresOf('s1'), records.failuresOf('absent')]).toEqual([null, null])
  })
})

describe('utterances', () => {
  it('keep their order, and the first record of each', () => {
    startTrial()
    startTrial('b')
    records.recordUtterances('a', [
      { utteranceId: 'u2', record: { text: 'two' } },
      { utteranceId: 'u1', record: { text: 'one' } }
    ])
    records.recordUtterances('b', [{ utteranceId: 'u2', record: 'other' }])
    records.recordUtterances('a', [
      { utteranceId: 'u1', record: 'again' },
      { utteranceId: 'u3', record: null }
    ])
    expect(records.utterancesOf('a')).toEqual([
      { utteranceId: 'u2', record: { text: 'two' } },
      { utteranceId: 'u1', record: { text: 'one' } },
      { utteranceId: 'u3', record: null }
    ])
  })

  it('are added all or none', () => {
    startTrial()
    const batch = [
      { utteranceId: 'u1', record: 1 },
      { utteranceId: 'u2', record: Number.NaN }
    ]
    expect(() => records.recordUtterances('a', batch)).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
    expect(records.utterancesOf('a')).toEqual([])
    records.recordUtterances('a', batch.slice(0, 1))
    expect(records.utterancesOf('a')).toHaveLength(1)
  })
})
