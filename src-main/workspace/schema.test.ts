import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { migrate, schemaVersion } from './schema'
import { openDatabase } from './database'
import { openWorkspace } from './workspace'

const folder = useTemporaryFolder()
const path = () => join(folder(), 'lathe.sqlite')

/** Every schema before this one. A new migration needs a dump of the one before it. */
const earlier = Array.from({ length: schemaVersion - 1 }, (_, index) => index + 1)

/** Makes the database that an earlier Lathe left behind, in the way that it kept it. */
function makeEarlier(version: number): void {
  const dump = readFileSync(
    new URL(`../../tests/fixtures/workspace/schema-${version}.sql`, import.meta.url),
    'utf8'
  )
  const database = new DatabaseSync(path())
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(dump)
  database.close()
}

/** Tables with their columns, as SQLite understands them. */
function tablesOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true })
  const tables = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
  const columns = tables.map(({ name }) => database.prepare(`PRAGMA table_xinfo(${String(name)})`).all())
  database.close()
  return { tables, columns }
}

describe.each(earlier)('a workspace of schema %d', (version) => {
  it('becomes what a new one is, with everything that it held', () => {
    makeEarlier(version)
    const workspace = openWorkspace(folder())
    const { records, jobs, library } = workspace
    expect(records.findStudy('first')).toMatchObject({
      studyId: 's1',
      recipe: { tiers: [0.5] },
      trials: [
        { trialId: 'a', name: 'baseline' },
        { trialId: 'b', name: 'int8' },
        { trialId: 'c', name: 'half' }
      ]
    })
    expect(['a', 'b', 'c'].map((trialId) => records.trial(trialId))).toMatchObject([
      { state: 'completed', result: { wordErrorRate: 0.04 }, finishedAt: '2026-01-01T00:01:00Z' },
      { state: 'failed', error: { code: 'crashed', message: 'It fell over.' }, crashes: 0 },
      { state: 'running', startedAt: '2026-01-01T00:02:00Z' }
    ])
    expect(records.utterancesOf('a').map(({ utteranceId }) => utteranceId)).toEqual(['u1', 'u2'])
    expect(jobs.list().map(({ jobId, state }) => [jobId, state])).toEqual(
      version < 2
        ? []
        : [
            ['j1', 'completed'],
            ['j2', 'waiting']
          ]
    )
    expect(library.list().map(({ path: place }) => place)).toEqual(version < 3 ? [] : ['/models/whisper'])
    // What is written from now on is written as in a new workspace.
    records.startTrial({ trialId: 'b', spec: { kind: 'int8' }, startedAt: '2026-01-03T00:00:00Z' })
    expect(records.countCrash('b')).toBe(false)
    workspace.close()
    const fresh = join(folder(), 'fresh.sqlite')
    const database = openDatabase(fresh)
    migrate(database)
    database.close()
    expect(tablesOf(path())).toEqual(tablesOf(fresh))
  })

  it('stays as it is when the change is stopped half way, and is taken up again', () => {
    makeEarlier(version)
    const before = tablesOf(path())
    const database = openDatabase(path())
    const stopped = { ...database, execute: stopAfter(database.execute.bind(database), 'ALTER TABLE') }
    expect(() => migrate(stopped)).toThrow('stopped')
    database.close()
    expect(tablesOf(path())).toEqual(before)
    openWorkspace(folder()).close()
    expect(tablesOf(path())).not.toEqual(before)
  })
})

/** Does what it is told until something that begins with `words` is done, and fails then. */
function stopAfter(execute: (sql: string) => void, words: string) {
  return (sql: string): void => {
    execute(sql)
    if (sql.startsWith(words)) throw new TypeError('stopped')
  }
}

describe('a workspace from the future', () => {
  it('is refused with both versions named, and nothing in its folder is changed', () => {
    openWorkspace(folder()).close()
    const database = new DatabaseSync(path())
    database.exec(`ALTER TABLE trials ADD COLUMN colour TEXT; PRAGMA user_version = ${schemaVersion + 1}`)
    database.close()
    mkdirSync(join(folder(), 'from-the-future'))
    const before = [readFileSync(path()), readdirSync(folder(), { recursive: true }).sort()]
    expect(() => openWorkspace(folder())).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message:
          `'${path()}' was made by a newer Lathe: it has schema ${schemaVersion + 1}, this one knows up to ` +
          `${schemaVersion}; update Lathe or choose another folder.`
      })
    )
    expect([readFileSync(path()), readdirSync(folder(), { recursive: true }).sort()]).toEqual(before)
  })
})
