/** A study whose engines take more memory than they may, for real: long recordings and a small limit. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StudyReport, UtteranceRecord } from '@contract/trial'
import { hasProcessFiles } from '../helpers/child-processes'
import { runCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeManifest, writeTinyData, type ManifestLine } from '../helpers/tiny-speech-data'
import { writeTinyStudy, type TinyStudy } from '../helpers/tiny-study'
import { readUtterances } from '../helpers/workspace-file'

/** An engine with the tiny model holds about 200 MB; attention over two minutes, 6000 steps long, 300 MB more at least. */
const limit = '400MB'
const longSeconds = 120

const shared = useSharedTemporaryFolder()
let study: TinyStudy

function linesOf(path: string): ManifestLine[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as ManifestLine)
}

beforeAll(() => {
  const folder = join(shared(), 'study')
  study = writeTinyStudy(folder, {
    evaluation: { utterances: 4 },
    grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
  })
  const long = writeTinyData(join(folder, 'long.jsonl'), {
    utterances: 3,
    seed: 5,
    seconds: [longSeconds, longSeconds]
  })
  writeManifest(study.evaluation, [...linesOf(study.evaluation), ...linesOf(long)])
})

const args = (...options: readonly string[]) => [
  ...['study', 'run', study.recipe, '--workspace', study.workspace, '--json'],
  ...options
]

const recordsOf = ({ trials }: StudyReport): UtteranceRecord[][] =>
  trials.map(({ trialId }) => readUtterances(study.workspace, trialId))

describe.skipIf(!hasProcessFiles)(
  '--memory-limit (skipped where the system does not tell what a process holds)',
  () => {
    it('stops the trial that goes over it, with the figures; the study goes on, and nothing is lost', async () => {
      const { code, stdout, stderr } = await runCli(args('--memory-limit', limit))
      expect(code, stderr).toBe(1)
      const stopped = JSON.parse(stdout) as StudyReport
      expect(stopped.trials.map(({ name, state, error }) => [name, state, error?.code])).toEqual([
        ['baseline', 'failed', 'resources'],
        ['int8', 'failed', 'resources'],
        ['weight-svd 50%', 'failed', 'resources']
      ])
      for (const { error } of stopped.trials) {
        expect(error?.message).toMatch(
          /^An engine process held [\d.]+ [MG]B of memory, over the limit of 400\.0 MB, and was stopped; .*run it again\.$/
        )
      }
      const kept = recordsOf(stopped)
      for (const records of kept) expect(records.length).toBeGreaterThanOrEqual(4)

      const again = await runCli(args())
      expect(again.code, again.stderr).toBe(0)
      const completed = JSON.parse(again.stdout) as StudyReport
      recordsOf(completed).forEach((records, index) => {
        expect(records).toHaveLength(7)
        expect(records.slice(0, kept[index]!.length)).toEqual(kept[index])
      })
    })

    it('also stops a command that is one job', async () => {
      const evaluation = ['evaluate', study.model, '--data', study.evaluation, '--memory-limit', limit]
      const { code, stderr } = await runCli(evaluation)
      expect(code).toBe(1)
      expect(stderr).toMatch(/over the limit of 400\.0 MB, and was stopped; .* \[resources\]\n$/)
    })
  }
)
