import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openDatabase } from './database'
import { createJobRecords, type JobRecord, type JobRecords } from './job-records'
import { createRecords } from './records'
import { migrate, schemaVersion } from './schema'

const folder = useTemporaryFolder()
const path = () => join(folder(), 'lathe.sqlite')
let jobs: JobRecords

beforeEach(() => {
  const database = openDatabase(path())
  migrate(database)
  jobs = createJobRecords(database)
  return () => database.close()
})

const job = (jobId: string): JobRecord => ({
  jobId,
  kind: 'study',
  name: `job ${jobId}`,
  recipeText: '{}',
  state: 'waiting',
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  error: null,
  studyId: null,
  trainingId: null,
  isForced: false
})

const order = () => jobs.list().map(({ jobId }) => jobId)

describe('jobs', () => {
  it('come back as they were added, in that order', () => {
    for (const id of ['b', 'a', 'c']) jobs.add(job(id))
    expect(jobs.list()).toEqual(['b', 'a', 'c'].map(job))
    expect(jobs.read('a')).toEqual(job('a'))
  })

  it('keep what a change does not name', () => {
    jobs.add(job('a'))
    const error = { code: 'io', message: 'The disk is full.', details: { sizeBytes: 1 } }
    const failed = jobs.change('a', { state: 'failed', error, finishedAt: 'now' })
    expect(failed).toEqual({ ...job('a'), state: 'failed', error, finishedAt: 'now' })
    expect(jobs.change('a', { state: 'waiting', error: null })).toEqual({ ...job('a'), finishedAt: 'now' })
    expect(jobs.read('a')).toEqual({ ...job('a'), finishedAt: 'now' })
  })

  it.each<[string, string | null, string[]]>([
    ['c', 'a', ['c', 'a', 'b']],
    ['a', 'c', ['b', 'a', 'c']],
    ['a', null, ['b', 'c', 'a']],
    ['c', null, ['a', 'b', 'c']],
    ['b', 'b', ['a', 'b', 'c']]
  ])('%s moves before %s', (jobId, beforeJobId, expected) => {
    for (const id of ['a', 'b', 'c']) jobs.add(job(id))
    jobs.move(jobId, beforeJobId)
    expect(order()).toEqual(expected)
    jobs.add(job('d'))
    expect(order()).toEqual([...expected, 'd'])
  })

  it('are removed one by one', () => {
    for (const id of ['a', 'b']) jobs.add(job(id))
    jobs.remove('a')
    expect(order()).toEqual(['b'])
  })

  it('that are not there are named, and nothing changes', () => {
    jobs.add(job('a'))
    const attempts = [
      () => jobs.read('x'),
      () => jobs.change('x', { state: 'failed' }),
      () => jobs.move('x', null),
      () => jobs.move('a', 'x'),
      () => jobs.remove('x')
    ]
    for (const attempt of attempts) {
      expect(attempt).toThrow(expect.objectContaining({ code: 'not-found', details: { jobId: 'x' } }))
    }
    expect(jobs.list()).toEqual([job('a')])
  })
})

describe('a workspace of the first schema', () => {
  it('gets the queue and keeps its studies', () => {
    // As the first released Lathe made it, spelled out so that it stays what it was.
    const oldPath = join(folder(), 'old.sqlite')
    const old = new DatabaseSync(oldPath)
    old.exec(`CREATE TABLE studies (
        study_id TEXT PRIMARY KEY, name TEXT NOT NULL, recipe_json TEXT NOT NULL, created_at TEXT NOT NULL
      ) STRICT;
      CREATE TABLE study_trials (
        study_id TEXT NOT NULL REFERENCES studies ON DELETE CASCADE, position INTEGER NOT NULL,
        trial_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (study_id, position)
      ) STRICT;
      CREATE TABLE trials (
        trial_id TEXT PRIMARY KEY, spec_json TEXT NOT NULL, state TEXT NOT NULL, result_json TEXT,
        error_json TEXT, started_at TEXT NOT NULL, finished_at TEXT
      ) STRICT;
      CREATE TABLE utterances (
        trial_id TEXT NOT NULL REFERENCES trials, utterance_id TEXT NOT NULL, record_json TEXT NOT NULL,
        PRIMARY KEY (trial_id, utterance_id)
      ) STRICT;
      PRAGMA user_version = 1;
      PRAGMA application_id = ${0x4c617468};
      INSERT INTO studies VALUES ('s1', 'first', '1', '2026-01-01T00:00:00Z')`)
    old.close()
    const database = openDatabase(oldPath)
    migrate(database)
    expect(schemaVersion).toBeGreaterThan(1)
    expect(database.rows('PRAGMA user_version')).toEqual([{ user_version: schemaVersion }])
    createJobRecords(database).add(job('a'))
    expect(createJobRecords(database).list()).toEqual([job('a')])
    expect(createRecords(database).findStudy('first').studyId).toBe('s1')
    database.close()
  })
})
