import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { schemaVersion } from './schema'
import { openExistingWorkspace, openWorkspace, type Workspace } from './workspace'

const folder = useTemporaryFolder()
const workspaceFolder = () => join(folder(), 'deep', 'workspace')
const databasePath = () => join(workspaceFolder(), 'lathe.sqlite')
const opened: Workspace[] = []

afterEach(() => {
  for (const workspace of opened.splice(0)) workspace.close()
})

function open(path = workspaceFolder()): Workspace {
  const workspace = openWorkspace(path)
  opened.push(workspace)
  return workspace
}

/** Runs SQL on the workspace's database as another program would. */
function tamper(sql: string): void {
  const database = new DatabaseSync(databasePath())
  database.exec(sql)
  database.close()
}

const study = { studyId: 's1', name: 'first', recipe: 1, createdAt: '2026-01-01T00:00:00Z', trials: [] }
const trial = { trialId: 't', spec: 1, startedAt: '2026-01-01T00:00:00Z' }

describe('openWorkspace', () => {
  it('makes an absent folder, and a folder that only looks empty, into a workspace', () => {
    mkdirSync(workspaceFolder(), { recursive: true })
    writeFileSync(join(workspaceFolder(), '.DS_Store'), '')
    open().close()
    expect(readdirSync(workspaceFolder()).sort()).toEqual([
      '.DS_Store',
      'cache',
      'lathe.sqlite',
      'models',
      'tmp'
    ])
    const other = open(join(folder(), 'other'))
    expect(other.folder).toBe(join(folder(), 'other'))
  })

  it('finds everything again after closing', async () => {
    const first = open()
    first.records.saveStudy(study)
    const { modelHash } = await first.models.add(new Uint8Array([1]))
    await first.cache.write('moments', 'k', new Uint8Array([2]))
    first.close()
    first.close()
    const second = open()
    expect(second.records.findStudy('first')).toEqual(study)
    expect(second.models.has(modelHash)).toBe(true)
    expect(await second.cache.read('moments', 'k')).toEqual(new Uint8Array([2]))
  })

  it('keeps a write-ahead log and the version of its schema in the file', () => {
    open()
    const database = new DatabaseSync(databasePath())
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: schemaVersion })
    database.close()
  })

  it('refuses a folder that holds something else and leaves it as it is', () => {
    mkdirSync(workspaceFolder(), { recursive: true })
    writeFileSync(join(workspaceFolder(), 'photo.jpg'), '')
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: `'${workspaceFolder()}' is not a Lathe workspace: it holds 'photo.jpg' but no lathe.sqlite; choose a workspace or an empty folder.`
      })
    )
    expect(readdirSync(workspaceFolder())).toEqual(['photo.jpg'])
  })

  it('refuses a file, and a folder below a file', () => {
    writeFileSync(join(folder(), 'file'), '')
    expect(() => open(join(folder(), 'file'))).toThrow(
      `'${join(folder(), 'file')}' is a file, expected a folder: choose another place for the workspace.`
    )
    expect(() => open(join(folder(), 'file', 'below'))).toThrow(
      expect.objectContaining({ code: 'not-found' })
    )
  })

  it('refuses a workspace of a newer Lathe and does not touch it', () => {
    open().close()
    tamper(`PRAGMA user_version = ${schemaVersion + 1}`)
    const before = readFileSync(databasePath())
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message:
          `'${databasePath()}' was made by a newer Lathe: it has schema ${schemaVersion + 1}, this one knows up to ` +
          `${schemaVersion}; update Lathe or choose another folder.`
      })
    )
    expect(readFileSync(databasePath()).equals(before)).toBe(true)
  })

  it('refuses the database of another program, and what is no database', () => {
    mkdirSync(workspaceFolder(), { recursive: true })
    tamper('CREATE TABLE notes (id INTEGER)')
    expect(() => open()).toThrow(
      `'${databasePath()}' was made by another program: choose another folder for the workspace.`
    )
    writeFileSync(databasePath(), 'this is certainly no SQLite database file')
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: `Could not use the records '${databasePath()}': the file is not a database; choose another folder.`
      })
    )
  })

  it('takes up a workspace whose making was interrupted', () => {
    mkdirSync(workspaceFolder(), { recursive: true })
    writeFileSync(databasePath(), '')
    tamper('PRAGMA journal_mode = WAL')
    open().records.saveStudy(study)
    expect(existsSync(join(workspaceFolder(), 'models'))).toBe(true)
  })

  it('removes what a killed process left unfinished a day ago, but not what is being written', () => {
    const { temporaryFolder } = open()
    const dayAgo = Date.now() / 1000 - 25 * 60 * 60
    mkdirSync(join(temporaryFolder, 'old-model'))
    writeFileSync(join(temporaryFolder, 'old-model', 'model.onnx'), 'half')
    writeFileSync(join(temporaryFolder, '.old.bin.partial'), 'half')
    writeFileSync(join(temporaryFolder, '.new.bin.partial'), 'half')
    for (const name of ['old-model', '.old.bin.partial']) {
      utimesSync(join(temporaryFolder, name), dayAgo, dayAgo)
    }
    const again = open()
    expect(readdirSync(temporaryFolder)).toEqual(['.new.bin.partial'])
    expect(readdirSync(join(again.folder, 'models'))).toEqual([])
  })
})

describe('openExistingWorkspace', () => {
  it('opens a workspace and makes none', () => {
    expect(() => openExistingWorkspace(workspaceFolder())).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `'${workspaceFolder()}' holds no Lathe workspace: check the path, or run a study to make one there.`
      })
    )
    expect(readdirSync(folder())).toEqual([])
    open().records.saveStudy(study)
    const existing = openExistingWorkspace(workspaceFolder())
    opened.push(existing)
    expect(existing.records.findStudy('s1')).toEqual(study)
  })
})

describe('two on one workspace', () => {
  it('leave everything in the one file when one closes, though the other never does', () => {
    const [one] = [open(), open()]
    one.records.saveStudy(study)
    one.close()
    copyFileSync(databasePath(), join(folder(), 'copy.sqlite'))
    const copy = new DatabaseSync(join(folder(), 'copy.sqlite'))
    expect(copy.prepare('SELECT study_id FROM studies').all()).toEqual([{ study_id: 's1' }])
    copy.close()
  })

  it('see what the other writes', () => {
    const [one, other] = [open(), open()]
    one.records.saveStudy(study)
    one.records.startTrial(trial)
    other.records.recordUtterances('t', [{ utteranceId: 'u1', record: 1 }])
    one.records.recordUtterances('t', [
      { utteranceId: 'u1', record: 2 },
      { utteranceId: 'u2', record: 2 }
    ])
    expect(other.records.finishTrial('t', { result: 'other', finishedAt: 'now' })).toBe(true)
    expect(one.records.finishTrial('t', { result: 'one', finishedAt: 'now' })).toBe(false)
    expect(one.records.trial('t')?.result).toBe('other')
    expect(other.records.utterancesOf('t').map(({ record }) => record)).toEqual([1, 2])
  })

  it('wait for each other instead of failing, and lose nothing when one is killed', async () => {
    const workspace = open()
    workspace.records.startTrial(trial)
    // Another process takes the write lock, changes the trial, and is killed before it commits.
    const script = `
      const { DatabaseSync } = require('node:sqlite')
      const database = new DatabaseSync(process.argv[1])
      database.exec("BEGIN IMMEDIATE; UPDATE trials SET state = 'failed'")
      require('node:fs').writeSync(1, 'locked')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
      process.kill(process.pid, 'SIGKILL')`
    const other = spawn(process.execPath, ['-e', script, databasePath()], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const exited = once(other, 'exit')
    await once(other.stdout, 'data')
    workspace.records.recordUtterances('t', [{ utteranceId: 'u1', record: 1 }])
    expect(workspace.records.trial('t')?.state).toBe('running')
    expect(workspace.records.utterancesOf('t')).toHaveLength(1)
    expect(await exited).toEqual([null, 'SIGKILL'])
  })

  it('keep SQLite quiet: Node prints no warning about it', async () => {
    const other = spawn(process.execPath, ['-e', "require('node:sqlite')"], {
      stdio: ['ignore', 'ignore', 'pipe']
    })
    let printed = ''
    other.stderr.on('data', (data: Buffer) => (printed += data.toString()))
    await once(other, 'close')
    expect(printed).toBe('')
  })
})
