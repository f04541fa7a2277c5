/**
 * Kills the engine or the host of a study at seeded moments, again and again on the same workspace, and checks after each
 * kill that nothing is lost, and at the end that the study is the one that nobody disturbed.
 *
 * A moment is a sign from outside, such as a stage on standard error or a file that appears in the workspace, and a
 * random delay after it, so that each phase of a study is hit wherever the machine spends its time.
 */
import { existsSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { StudyReport } from '@contract/trial'
import { createPrng, type Prng } from '../../src-main/base/prng'
import { childProcesses, hasProcessFiles, isRunning } from '../helpers/child-processes'
import { runCli, startCli, type RunningCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { brokenModels, timelessRecords, timelessReport } from '../helpers/study-numbers'
import { writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'
import { readTrialResults, readUtteranceRows } from '../helpers/workspace-file'
import { effort, firstSeed, recordFigure } from './effort'

const kills = effort({ short: 10, full: 300 })
/** Kills of one workspace, unless its study completes before. */
const killsPerWorkspace = 5

/** The phases of a study, each with the sign that it has begun and how long after it a kill may come. */
const phases = [
  { name: 'load', spread: 400, sign: async () => undefined },
  { name: 'calibrate', spread: 40, sign: (run: Run) => run.running.stderrShows('calibrate on') },
  { name: 'decompose', spread: 60, sign: (run: Run) => run.running.stderrShows('factorise with') },
  { name: 'write', spread: 3, sign: (run: Run) => changesIn(run, join(run.workspace, 'tmp'), '') },
  { name: 'evaluate', spread: 300, sign: (run: Run) => run.running.stderrShows('evaluate on') },
  { name: 'record', spread: 3, sign: (run: Run) => changesIn(run, run.workspace, 'lathe.sqlite-wal') }
] as const

interface Run {
  readonly running: RunningCli
  readonly workspace: string
  readonly prng: Prng
}

const shared = useSharedTemporaryFolder()
let study: TinyStudy
let undisturbed: { readonly report: string; readonly records: string }
const hits = new Map<string, number>()
let studiesCompleted = 0

const args = (workspace: string) => [
  ...['study', 'run', study.recipe, '--workspace', workspace, '--json'],
  // Kills of several runs may meet the same trial; that it is skipped then is tested elsewhere.
  '--retry-poisoned'
]

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'), {
    evaluation: { utterances: 6 },
    grids: [{ methods: ['weight-svd', 'whitened-svd'], retainedFractions: [0.5] }]
  })
  const { code, stdout, stderr } = await runCli(args(study.workspace))
  expect(code, stderr).toBe(0)
  const report = timelessReport(JSON.parse(stdout) as StudyReport)
  undisturbed = { report, records: timelessRecords(study.workspace) }
})

afterAll(() => {
  let total = 0
  for (const [where, count] of [...hits].sort()) {
    recordFigure(`survival: kills, ${where}`, count)
    total += count
  }
  recordFigure('survival: kill points survived', total)
  recordFigure('survival: killed studies completed as if undisturbed', studiesCompleted)
})

/** Resolves at one of the first changes of a file in a folder, or when the run is over. */
async function changesIn({ running, prng }: Run, folder: string, file: string): Promise<void> {
  const isOver = running.ended.then(() => true)
  while (!existsSync(folder)) if (await Promise.race([isOver, sleep(2, false)])) return
  let left = 1 + prng.integer(12)
  await new Promise<void>((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if ((name ?? '').startsWith(file) && --left === 0) resolve()
    })
    void isOver.then(() => {
      resolve()
    })
    void isOver.finally(() => {
      watcher.close()
    })
  })
}

/** Everything final that a workspace holds. */
interface Kept {
  readonly results: ReadonlyMap<string, string>
  readonly utterances: ReadonlyMap<string, string>
}

function look(workspace: string): Kept {
  if (!existsSync(join(workspace, 'lathe.sqlite'))) return { results: new Map(), utterances: new Map() }
  return { results: readTrialResults(workspace), utterances: readUtteranceRows(workspace) }
}

/** What was final before is there still, unchanged to the byte, and nothing is half there. */
function expectNothingLost(workspace: string, before: Kept, about: string): Kept {
  const after = look(workspace)
  for (const kind of ['results', 'utterances'] as const) {
    for (const [key, value] of before[kind]) expect(after[kind].get(key), `${about}: ${key}`).toBe(value)
  }
  expect(brokenModels(workspace), about).toEqual([])
  return after
}

/** Starts the study and kills one of its processes in one of its phases; false when it was over before. */
async function killOnce(workspace: string, prng: Prng): Promise<{ about: string; isKilled: boolean }> {
  const running = startCli(args(workspace))
  const run: Run = { running, workspace, prng }
  const phase = phases[prng.integer(phases.length)]!
  const wantsHost = prng.uniform() < 0.5
  // A phase that is skipped, since its result is there already, ends with the run.
  await phase.sign(run).catch(() => undefined)
  await sleep(prng.uniform() * phase.spread)
  const host = running.process.pid ?? NaN
  const engines = isRunning(host) ? childProcesses(host) : []
  const victim = wantsHost || engines.length === 0 ? host : engines[prng.integer(engines.length)]!
  const name = victim === host ? 'host' : 'engine'
  const about = `${name} in ${phase.name}`
  const isKilled = isRunning(victim)
  if (isKilled) {
    process.kill(victim, 'SIGKILL')
    hits.set(about, (hits.get(about) ?? 0) + 1)
  }
  const { code, stderr } = await running.ended
  // With its engine killed the host goes on, unless it was still looking at model and data.
  if (name === 'engine' && code !== 0) expect(stderr, about).toContain('[crashed]')
  if (name === 'host' && isKilled) expect(code, about).toBeNull()
  await vi.waitFor(() => expect(engines.filter(isRunning)).toEqual([]), { timeout: 10_000 })
  return { about, isKilled }
}

/** Kills a study up to so many times; returns how many kills there were. */
async function tortureStudy(seed: number, most: number): Promise<number> {
  const prng = createPrng(seed)
  const workspace = join(shared(), `workspace-${seed}`)
  let kept: Kept = { results: new Map(), utterances: new Map() }
  let done = 0
  while (done < most) {
    const { about, isKilled } = await killOnce(workspace, prng)
    kept = expectNothingLost(workspace, kept, `seed ${seed}, ${about}`)
    if (!isKilled) break
    done++
  }
  const finished = new Set(kept.results.keys())
  const { code, stdout, stderr } = await runCli(args(workspace))
  expect(code, `seed ${seed}: ${stderr}`).toBe(0)
  const report = JSON.parse(stdout) as StudyReport
  expectNothingLost(workspace, kept, `seed ${seed}, at the end`)
  for (const { trialId, name, reused } of report.trials)
    expect(reused, `seed ${seed}, ${name}`).toBe(finished.has(trialId))
  expect(timelessReport(report), `seed ${seed}`).toBe(undisturbed.report)
  expect(timelessRecords(workspace), `seed ${seed}`).toBe(undisturbed.records)
  studiesCompleted++
  return done
}

describe.skipIf(!hasProcessFiles)('a study (skipped where there is no /proc to find engines in)', () => {
  it(`that is killed at ${kills} moments loses nothing and ends with the undisturbed numbers`, async () => {
    let done = 0
    for (let seed = firstSeed; done < kills; seed++) {
      done += await tortureStudy(seed, Math.min(killsPerWorkspace, kills - done))
    }
    expect(statSync(study.workspace).isDirectory()).toBe(true)
  })
})
