/**
 * Stops a study in every rude way and looks at what is left, and whether running it again gives the numbers of a run
 * that nobody disturbed. Every stop waits for a sign of life on standard error, so nothing depends on how fast the
 * machine is.
 */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { StudyReport, UtteranceRecord } from '@contract/trial'
import { childProcesses, commandLineOf, hasProcessFiles, isRunning } from '../helpers/child-processes'
import { runCli, startCli, type CliResult, type RunningCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'
import { readTrialRows, readUtterances, type TrialRow } from '../helpers/workspace-file'

/** Enough that each trial is under way for long enough to be met in the middle. */
const utteranceCount = 150
const names = ['baseline', 'int8', 'weight-svd 50%']
/** The first utterance of the second trial is done. */
const inSecondTrial = '[2/3] int8: evaluate on evaluation.jsonl'

const shared = useSharedTemporaryFolder()
let study: TinyStudy
let undisturbed: StudyReport

const args = (workspace: string) => ['study', 'run', study.recipe, '--workspace', workspace, '--json']

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'), {
    evaluation: { utterances: utteranceCount, seconds: [1.5, 2.5] },
    grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
  })
  undisturbed = reportOf(await runCli(args(study.workspace)))
})

function reportOf(result: CliResult): StudyReport {
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout) as StudyReport
}

/** Starts the study in a fresh workspace and waits until its second trial is being measured. */
async function startToSecondTrial(
  name: string
): Promise<{ running: RunningCli; workspace: string; pid: number }> {
  const workspace = join(shared(), name)
  const running = startCli(args(workspace))
  await running.stderrShows(inSecondTrial)
  const { pid } = running.process
  if (pid === undefined) throw new Error('The command line did not start.')
  return { running, workspace, pid }
}

/** The engines of a running command line: the one that builds first, then the one that measures. */
function enginesOf(pid: number): number[] {
  const engines = childProcesses(pid)
  for (const engine of engines) expect(commandLineOf(engine)).toMatch(/engine\.js$/)
  return engines
}

/** What a trial tells that is the same on every run: everything but times and memory. */
function numbersOf({ study: { studyId }, trials }: StudyReport) {
  return {
    studyId,
    trials: trials.map((trial) => ({
      trialId: trial.trialId,
      name: trial.name,
      state: trial.state,
      modelHash: trial.modelHash,
      sizeBytes: trial.sizeBytes,
      parameterCount: trial.parameterCount,
      plan: trial.plan,
      utterances: trial.utterances,
      wordErrors: trial.wordErrors,
      wordErrorRate: trial.wordErrorRate,
      wordErrorRateInterval: trial.wordErrorRateInterval,
      failures: trial.failures
    }))
  }
}

/** What a stopped study has in its workspace: trials by name with their utterances. */
function whatIsLeft(workspace: string): { row: TrialRow; utterances: UtteranceRecord[] }[] {
  return readTrialRows(workspace).map((row) => ({ row, utterances: readUtterances(workspace, row.trialId) }))
}

/** Checks that the first trial is finished and the second half recorded; returns the second's utterances. */
function expectStoppedInSecondTrial(workspace: string, state: string): UtteranceRecord[] {
  const left = whatIsLeft(workspace)
  expect(left.map(({ row }) => [row.name, row.state])).toEqual([
    ['baseline', 'completed'],
    ['int8', state]
  ])
  expect(left[0]?.utterances).toHaveLength(utteranceCount)
  const kept = left[1]?.utterances ?? []
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(utteranceCount)
  return kept
}

/** Runs the study to its end and checks that it took up what was there and ended with the undisturbed numbers. */
async function expectResumed(
  workspace: string,
  kept: readonly UtteranceRecord[],
  options: readonly string[] = []
): Promise<void> {
  const before = readTrialRows(workspace)
  const report = reportOf(await runCli([...args(workspace), ...options]))
  expect(numbersOf(report)).toEqual(numbersOf(undisturbed))
  expect(report.trials.map(({ reused }) => reused)).toEqual(names.map((name) => isCompleted(before, name)))
  const records = readUtterances(workspace, report.trials[1]?.trialId ?? '')
  expect(records.slice(0, kept.length)).toEqual(kept)
  // The reported latency rests on the kept records too, down to the time each took: none was measured again.
  const milliseconds = records.reduce((sum, { processingMilliseconds }) => sum + processingMilliseconds, 0)
  expect(report.trials[1]?.latencyMilliseconds?.mean).toBeCloseTo(milliseconds / utteranceCount, 9)
}

function isCompleted(rows: readonly TrialRow[], wanted: string): boolean {
  return rows.some(({ name, state }) => name === wanted && state === 'completed')
}

describe('Ctrl-C', () => {
  it.each([
    ['to the command line alone', (pid: number) => pid],
    // What a terminal does: every process of the group gets it, engines too.
    ['to its whole process group', (pid: number) => -pid]
  ])('%s ends with 130 within 2 s, keeps what was finished, and the study resumes', async (name, target) => {
    const { running, workspace, pid } = await startToSecondTrial(name)
    const engines = hasProcessFiles ? enginesOf(pid) : []
    const asked = performance.now()
    process.kill(target(pid), 'SIGINT')
    const { code, signal, stdout, stderr } = await running.ended
    expect(performance.now() - asked).toBeLessThan(2000)
    expect({ code, signal, stdout }).toEqual({ code: 130, signal: null, stdout: '' })
    expect(stderr).toMatch(/\nlathe: .*cancelled\. \[cancelled\]\n$/)
    await vi.waitFor(() => {
      expect(engines.filter(isRunning)).toEqual([])
    })
    await expectResumed(workspace, expectStoppedInSecondTrial(workspace, 'cancelled'))
  })
})

describe.skipIf(!hasProcessFiles)('a killed process (skipped where there is no /proc to find it in)', () => {
  it('of the engine that measures, once, costs nothing: the trial goes on where it was', async () => {
    const { running, workspace, pid } = await startToSecondTrial('engine killed once')
    process.kill(enginesOf(pid)[1] ?? NaN, 'SIGKILL')
    await running.stderrShows('[2/3] int8, second try: evaluate')
    const kept = whatIsLeft(workspace)[1]?.utterances ?? []
    expect(kept.length).toBeGreaterThan(0)
    const report = reportOf(await running.ended)
    expect(numbersOf(report)).toEqual(numbersOf(undisturbed))
    expect(readUtterances(workspace, report.trials[1]?.trialId ?? '').slice(0, kept.length)).toEqual(kept)
  })

  it('of the engine that measures, twice, poisons its trial; the study goes on, skips it, and completes it when asked', async () => {
    const { running, workspace, pid } = await startToSecondTrial('engine killed twice')
    process.kill(enginesOf(pid)[1] ?? NaN, 'SIGKILL')
    await running.stderrShows('[2/3] int8, second try: evaluate')
    const [builder, evaluator, ...others] = enginesOf(pid)
    expect(others).toEqual([])
    process.kill(evaluator ?? NaN, 'SIGKILL')
    const { code, stdout } = await running.ended
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as StudyReport
    expect(report.trials.map(({ name, state, error }) => [name, state, error?.code])).toEqual([
      ['baseline', 'completed', undefined],
      ['int8', 'poisoned', 'crashed'],
      ['weight-svd 50%', 'completed', undefined]
    ])
    expect(report.trials[1]?.error?.message).toContain('SIGKILL')
    expect(isRunning(builder ?? NaN)).toBe(false)
    const kept = whatIsLeft(workspace)[1]?.utterances ?? []
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(utteranceCount)
    const again = await runCli(args(workspace).filter((word) => word !== '--json'))
    expect(again).toMatchObject({ code: 1 })
    expect(again.stdout).toMatch(/int8 .* poisoned: crashed/)
    expect(again.stdout).toContain(
      '1 trial has killed the engine process twice and is skipped; study run --retry-poisoned tries again.'
    )
    expect(whatIsLeft(workspace)[1]?.utterances).toEqual(kept)
    await expectResumed(workspace, kept, ['--retry-poisoned'])
  })

  it('of the engine that builds costs nothing while it waits: the next trial gets a new one', async () => {
    const { running, pid } = await startToSecondTrial('builder killed')
    const [builder] = enginesOf(pid)
    process.kill(builder ?? NaN, 'SIGKILL')
    await running.stderrShows('[3/3] weight-svd 50%: evaluate')
    expect(enginesOf(pid)).not.toContain(builder)
    expect(numbersOf(reportOf(await running.ended))).toEqual(numbersOf(undisturbed))
  })

  it('of the command line takes its engines along, and a second run completes the study', async () => {
    const { running, workspace, pid } = await startToSecondTrial('host killed')
    const engines = enginesOf(pid)
    expect(engines).toHaveLength(2)
    process.kill(pid, 'SIGKILL')
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    await vi.waitFor(
      () => {
        expect(engines.filter(isRunning)).toEqual([])
      },
      { timeout: 5000 }
    )
    await expectResumed(workspace, expectStoppedInSecondTrial(workspace, 'running'))
  })
})

describe('two command lines on one workspace', () => {
  it('end with the same numbers, since what one finishes the other uses', async () => {
    const workspace = join(shared(), 'two at once')
    cpSync(study.workspace, workspace, { recursive: true })
    const reports = await Promise.all([runCli(args(workspace)), runCli(args(workspace))])
    for (const each of reports) expect(numbersOf(reportOf(each))).toEqual(numbersOf(undisturbed))
  })

  it('take turns: the second says that it waits, and computes nothing that the first has finished', async () => {
    const { running, workspace } = await startToSecondTrial('in turns')
    const second = startCli(args(workspace))
    await second.stderrShows('wait for the trial of another Lathe process in this workspace')
    const reports = [reportOf(await running.ended), reportOf(await second.ended)]
    for (const each of reports) expect(numbersOf(each)).toEqual(numbersOf(undisturbed))
    // One of the two has computed each trial.
    for (const index of names.keys()) {
      expect(reports.map(({ trials }) => trials[index]?.reused).toSorted()).toEqual([false, true])
    }
  })

  it('do not wait for one that was killed', async () => {
    const { running, workspace, pid } = await startToSecondTrial('stale claim')
    const second = startCli(args(workspace))
    await second.stderrShows('wait for the trial of another Lathe process')
    process.kill(pid, 'SIGKILL')
    await running.ended
    expect(numbersOf(reportOf(await second.ended))).toEqual(numbersOf(undisturbed))
  })
})
