/**
 * A study whose disk fills up, or turns out to be read-only: one coded error that names the next step, nothing lost, and
 * the undisturbed numbers as soon as there is room.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { StudyReport } from '@contract/trial'
import { createPrng } from '../../src-main/base/prng'
import { cliPath, runCli, type CliResult } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { brokenModels, timelessRecords, timelessReport } from '../helpers/study-numbers'
import { writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'
import { readTrialResults, readUtteranceRows } from '../helpers/workspace-file'
import { effort, firstSeed, isFullTorture, recordFigure } from './effort'

const sizes = effort({ short: 2, full: 40 })
/** What the study's workspace takes at least, with SQLite's log and files in the making. */
const roomKibibytes = 1100

const shared = useSharedTemporaryFolder()
let study: TinyStudy
let undisturbed: { readonly report: string; readonly records: string }
const mounted: string[] = []

const args = (workspace: string) => ['study', 'run', study.recipe, '--workspace', workspace, '--json']

function mount(...options: readonly string[]): boolean {
  return spawnSync('mount', options).status === 0
}

/** Whether this process may mount a file system of its own. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = join('/tmp', `lathe-mount-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const isMounted = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder)
  if (isMounted) spawnSync('umount', [folder])
  return isMounted
}

beforeAll(async () => {
  study = writeTinyStudy(join(shared(), 'study'), {
    evaluation: { utterances: 6 },
    grids: [{ methods: ['weight-svd', 'whitened-svd'], retainedFractions: [0.5] }]
  })
  const report = completed(await runCli(args(study.workspace)), 'undisturbed')
  undisturbed = { report, records: timelessRecords(study.workspace) }
})

afterEach(() => {
  for (const folder of mounted.splice(0)) spawnSync('umount', [folder])
})

/** A file system in memory, so large; the workspace is a folder in it. */
function mountDisk(name: string, kibibytes: number): { folder: string; workspace: string } {
  const folder = join(shared(), name)
  mkdirSync(folder, { recursive: true })
  expect(mount('-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder)).toBe(true)
  mounted.push(folder)
  return { folder, workspace: join(folder, 'workspace') }
}

function completed({ code, stdout, stderr }: CliResult, about: string): string {
  expect(code, `${about}: ${stderr}`).toBe(0)
  return timelessReport(JSON.parse(stdout) as StudyReport)
}

/** One error, in the last line. */
function expectRefused({ code, stdout, stderr }: CliResult, about: string, reason: RegExp): void {
  expect({ code, stdout }, `${about}: ${stderr}`).toEqual({ code: 1, stdout: '' })
  const lines = stderr.trimEnd().split('\n')
  expect(lines.at(-1), about).toMatch(/^lathe: Could not .* \[io\]$/)
  expect(lines.at(-1), about).toMatch(reason)
  expect(
    lines.filter((line) => line.startsWith('lathe:')),
    about
  ).toHaveLength(1)
}

async function expectCompletes(workspace: string, about: string): Promise<void> {
  const results = readTrialResults(workspace)
  const utterances = readUtteranceRows(workspace)
  expect(brokenModels(workspace), about).toEqual([])
  expect(completed(await runCli(args(workspace)), about), about).toBe(undisturbed.report)
  expect(timelessRecords(workspace), about).toBe(undisturbed.records)
  expect([...readTrialResults(workspace)], about).toEqual(expect.arrayContaining([...results]))
  expect([...readUtteranceRows(workspace)], about).toEqual(expect.arrayContaining([...utterances]))
}

describe.skipIf(!canMount())('a study on a small disk (skipped where mounting one is not allowed)', () => {
  it(`that fills up at ${sizes} places ends in one error that says so, and completes when there is room`, async () => {
    let filled = 0
    for (let seed = firstSeed; seed < firstSeed + sizes; seed++) {
      // Spread over all of what a study writes, at a place of their own in every run.
      const share = (seed - firstSeed + createPrng(seed).uniform()) / sizes
      const kibibytes = Math.ceil(60 + share * roomKibibytes)
      const about = `seed ${seed}, ${kibibytes} KiB`
      const { folder, workspace } = mountDisk(`disk-${seed}`, kibibytes)
      // Lathe sees before the start that this cannot fit, and would not begin.
      const result = await runCli([...args(workspace), '--force'])
      if (result.code === 0) {
        expect(completed(result, about), about).toBe(undisturbed.report)
        continue
      }
      expectRefused(result, about, /disk is full; free some space and try again/)
      filled++
      expect(mount('-o', 'remount,size=64m', folder)).toBe(true)
      await expectCompletes(workspace, about)
      spawnSync('umount', [folder])
    }
    expect(filled).toBeGreaterThan(0)
    recordFigure('survival: full disks, study completed when there was room', filled)
  })

  it('that is read-only says so and how to go on, and the study completes when it can be written', async () => {
    const { folder, workspace } = mountDisk('read-only', 16_384)
    const reason = /read-only; .*choose another folder/
    expect(mount('-o', 'remount,ro', folder)).toBe(true)
    expectRefused(await runCli(args(workspace)), 'new', reason)
    expect(mount('-o', 'remount,rw', folder)).toBe(true)
    completed(await runCli(args(workspace)), 'made')
    expect(mount('-o', 'remount,ro', folder)).toBe(true)
    expectRefused(await runCli(args(workspace)), 'finished', reason)
    expect(mount('-o', 'remount,rw', folder)).toBe(true)
    await expectCompletes(workspace, 'again')
  })
})

describe.skipIf(process.platform === 'win32')(
  'a study under a quota (skipped on Windows, which has no ulimit)',
  () => {
    it('on the size of files ends in one error that says so, and completes without it', async () => {
      for (const blocks of isFullTorture ? [16, 48, 64] : [48]) {
        const workspace = join(shared(), `quota-${blocks}`)
        // Blocks of 1 KiB; the signal that usually comes with the refusal is ignored, as it is under disk quotas.
        const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`
        const child = spawn('bash', ['-c', script, process.execPath, cliPath, ...args(workspace)])
        let [stdout, stderr] = ['', '']
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
        const result = await new Promise<CliResult>((resolve) => {
          child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
        })
        expectRefused(result, `${blocks} KiB`, /larger than the disk|the disk reports an error/)
        await expectCompletes(workspace, `${blocks} KiB`)
      }
    })
  }
)
