/**
 * What a power cut may leave of a workspace: files that were last written are cut short or end in zeros, files in the
 * making lie about, files are gone that a record speaks of. The study must complete with the undisturbed numbers or, where
 * the records themselves are damaged beyond what SQLite recovers, say so; wrong numbers are never an end.
 */
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StudyReport } from '@contract/trial'
import { createPrng, type Prng } from '../../src-main/base/prng'
import { runCli, startCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { brokenModels, timelessRecords, timelessReport } from '../helpers/study-numbers'
import { writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'
import { effort, firstSeed, recordFigure } from './effort'

const cuts = effort({ short: 9, full: 200 })

const shared = useSharedTemporaryFolder()
let study: TinyStudy
let undisturbed: { readonly report: string; readonly records: string }
/** The study finished, and stopped by SIGKILL with the write-ahead log of SQLite beside the records. */
let origins: readonly { readonly name: string; readonly workspace: string }[]

const args = (workspace: string) => ['study', 'run', study.recipe, '--workspace', workspace, '--json']

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'), {
    evaluation: { utterances: 6 },
    grids: [{ methods: ['weight-svd', 'whitened-svd'], retainedFractions: [0.5] }]
  })
  const { code, stdout, stderr } = await runCli(args(study.workspace))
  expect(code, stderr).toBe(0)
  const report = timelessReport(JSON.parse(stdout) as StudyReport)
  undisturbed = { report, records: timelessRecords(study.workspace) }
  const stopped = join(shared(), 'stopped')
  const running = startCli(args(stopped))
  await running.stderrShows('[4/4]')
  process.kill(running.process.pid ?? NaN, 'SIGKILL')
  await running.ended
  expect(statSync(join(stopped, 'lathe.sqlite-wal')).size).toBeGreaterThan(0)
  origins = [
    { name: 'finished', workspace: study.workspace },
    { name: 'stopped', workspace: stopped }
  ]
})

/** The files below some folders of a workspace, by their path in it. */
function filesIn(workspace: string, ...folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(workspace, folder)))
    .flatMap((folder) =>
      readdirSync(join(workspace, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(workspace, join(entry.parentPath, entry.name)))
    )
    .sort()
}

/** Cuts a file at a random place, or fills it with zeros from there on. */
function spoilTail(path: string, prng: Prng): string {
  const { size } = statSync(path)
  const keep = prng.integer(size)
  if (prng.uniform() < 0.5) {
    truncateSync(path, keep)
    return `cut at ${keep} of ${size}`
  }
  const file = openSync(path, 'r+')
  writeSync(file, new Uint8Array(size - keep), 0, size - keep, keep)
  closeSync(file)
  return `zeros from ${keep} of ${size}`
}

const pick = <T>(prng: Prng, from: readonly T[]): T => from[prng.integer(from.length)]!

/** One way to damage a workspace; returns what it did, or undefined where there is nothing of the kind. */
type Damage = (workspace: string, prng: Prng) => string | undefined

const spoilOneOf =
  (...folders: readonly string[]): Damage =>
  (workspace, prng) => {
    const files = filesIn(workspace, ...folders)
    if (files.length === 0) return undefined
    const file = pick(prng, files)
    return `${file}: ${spoilTail(join(workspace, file), prng)}`
  }

const removeOneOf =
  (...folders: readonly string[]): Damage =>
  (workspace, prng) => {
    const files = filesIn(workspace, ...folders)
    if (files.length === 0) return undefined
    const file = pick(prng, files)
    // The file, or its whole folder.
    rmSync(join(workspace, prng.uniform() < 0.5 ? file : dirname(file)), { recursive: true })
    return `${file}: removed`
  }

const spoilFile =
  (name: string): Damage =>
  (workspace, prng) => {
    const path = join(workspace, name)
    return existsSync(path) && statSync(path).size > 0 ? `${name}: ${spoilTail(path, prng)}` : undefined
  }

const leaveTemporaryFiles: Damage = (workspace, prng) => {
  const aside = join(workspace, 'tmp', `half-${prng.integer(1e9)}`)
  mkdirSync(aside, { recursive: true })
  writeFileSync(join(aside, 'model.onnx'), new Uint8Array(prng.integer(5000)))
  writeFileSync(join(workspace, 'tmp', '.factors.bin.partial'), new Uint8Array(prng.integer(5000)))
  return 'temporary files'
}

const damages: Readonly<Record<string, Damage>> = {
  'a model spoilt': spoilOneOf('models'),
  'a model removed': removeOneOf('models'),
  'a cache entry spoilt': spoilOneOf('cache'),
  'a cache entry removed': removeOneOf('cache'),
  'temporary files left': leaveTemporaryFiles,
  'the write-ahead log spoilt': spoilFile('lathe.sqlite-wal'),
  'the index of the log spoilt': spoilFile('lathe.sqlite-shm'),
  'the records spoilt': spoilFile('lathe.sqlite'),
  // With its log, SQLite finds every page again.
  'the records spoilt and their log gone': (workspace, prng) => {
    for (const name of ['lathe.sqlite-wal', 'lathe.sqlite-shm'])
      rmSync(join(workspace, name), { force: true })
    return spoilFile('lathe.sqlite')(workspace, prng)
  }
}

/** What a run must say that cannot go on, naming the file. */
const damaged = /lathe\.sqlite.*(damaged|not a database|another program|newer Lathe).*\[(io|conflict)\]/

describe('a workspace after a power cut', () => {
  it(`of ${cuts} kinds completes its study with the undisturbed numbers, or says that its records are damaged`, async () => {
    const outcomes = { completed: 0, refused: 0 }
    for (let seed = firstSeed; seed < firstSeed + cuts; seed++) {
      const prng = createPrng(seed)
      const { name, workspace: origin } = origins[seed % origins.length]!
      const workspace = join(shared(), 'cut')
      cpSync(origin, workspace, { recursive: true })
      // Each kind in turn, so that a short run meets all of them, and one more by chance.
      const kinds = Object.keys(damages)
      const chosen = [...new Set([kinds[seed % kinds.length]!, pick(prng, kinds)])]
      const done = chosen.map((kind) => damages[kind]!(workspace, prng)).filter((each) => each !== undefined)
      const about = `seed ${seed}, ${name}: ${done.join(', ')}`
      const { code, stdout, stderr } = await runCli(args(workspace))
      if (code === 0) {
        expect(timelessReport(JSON.parse(stdout) as StudyReport), about).toBe(undisturbed.report)
        expect(timelessRecords(workspace), about).toBe(undisturbed.records)
        expect(brokenModels(workspace), about).toEqual([])
        outcomes.completed++
      } else {
        expect(done.join(), about).toContain('lathe.sqlite: ')
        expect(stderr, about).toMatch(damaged)
        outcomes.refused++
      }
      rmSync(workspace, { recursive: true })
    }
    recordFigure('survival: power cuts, study completed as if undisturbed', outcomes.completed)
    recordFigure('survival: power cuts, records said to be damaged', outcomes.refused)
  })
})
