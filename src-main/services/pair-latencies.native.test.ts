/** Speed measured turn by turn in whole studies on the tiny model, with real engine jobs in the test's own process. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StudyReport } from '@contract/trial'
import { createInProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useSharedTemporaryFolder } from '../../tests/helpers/shared-temporary-folder'
import {
  tinyRecipe,
  writeRecipe,
  writeTinyStudy,
  type RecipeText,
  type TinyStudy
} from '../../tests/helpers/tiny-study'
import { readTrialResults } from '../../tests/helpers/workspace-file'
import { pairedRounds, pairedUtterances } from '../engine/jobs/measure-paired-latency'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import type { RunStudyRequest } from './requests'
import { runStudy } from './run-study'
import { showStudy } from './show-study'

const shared = useSharedTemporaryFolder()
const launcher = createInProcessLauncher(createOrtBackend())
const grids: RecipeText['grids'] = [{ methods: ['weight-svd'], retainedFractions: [0.5] }]

let study: TinyStudy
beforeAll(() => {
  study = writeTinyStudy(join(shared(), 'study'), { evaluation: { utterances: 4 }, grids })
})

function run(
  changes: Partial<RecipeText> = {},
  request: Partial<RunStudyRequest> = {}
): Promise<StudyReport> {
  const recipePath = join(study.folder, 'own.json')
  writeRecipe(recipePath, tinyRecipe({ grids, ...changes }))
  return runStudy(launcher, {
    recipePath,
    workspaceFolder: study.workspace,
    outputFolder: undefined,
    ...request
  })
}

const referencesOf = ({ trials }: StudyReport) =>
  trials.map(({ pairedLatencies }) => pairedLatencies?.map(({ reference }) => reference))

describe('speed measured turn by turn', () => {
  it('is not measured unless it is asked for, then is added to what is finished, once', async () => {
    const plain = await run()
    expect(referencesOf(plain)).toEqual([undefined, undefined, undefined])
    const before = readTrialResults(study.workspace)

    const asked = await run({}, { pairedLatency: true })
    expect(asked.trials.map(({ reused }) => reused)).toEqual([true, true, true])
    expect(referencesOf(asked)).toEqual([undefined, ['baseline'], ['baseline']])
    const [baseline, , tier] = asked.trials
    const [paired] = tier!.pairedLatencies!
    expect(paired).toMatchObject({
      referenceHash: baseline!.modelHash,
      rounds: pairedRounds,
      // All there are.
      utterances: Math.min(pairedUtterances, 4),
      conditions: { threads: 1, execution: 'cpu, graph optimization all' }
    })
    expect(paired!.interval.lower).toBeLessThanOrEqual(paired!.speedup)
    expect(paired!.interval.upper).toBeGreaterThanOrEqual(paired!.speedup)
    // Everything else of the trials is as it was.
    const after = readTrialResults(study.workspace)
    for (const [trialId, stored] of before) {
      const [was, is] = [stored, after.get(trialId)!].map(
        (text) => JSON.parse(text) as { result_json: string }
      )
      const { pairedLatencies: _, ...rest } = JSON.parse(is!.result_json) as Record<string, unknown>
      expect(rest).toEqual(JSON.parse(was!.result_json))
    }

    const again = await run({}, { pairedLatency: true })
    expect(again.trials.map(({ pairedLatencies }) => pairedLatencies)).toEqual(
      asked.trials.map(({ pairedLatencies }) => pairedLatencies)
    )
    expect(readTrialResults(study.workspace)).toEqual(after)
  })

  it('is what a gate on speed decides on, with its interval, also when the study is shown', async () => {
    const gates: RecipeText['gates'] = [
      { metric: 'speedup', atLeast: 1e-3 },
      { metric: 'speedup', atLeast: 1e3, reference: 'int8' }
    ]
    const report = await run({ gates })
    expect(referencesOf(report)).toEqual([undefined, ['baseline'], ['baseline', 'int8']])
    for (const { trials } of [report, showStudy(study.workspace, report.study.studyId)]) {
      const tier = trials[2]!
      expect(tier.gates).toMatchObject([
        { verdict: 'passed', interval: tier.pairedLatencies![0]!.interval },
        { verdict: 'failed', interval: tier.pairedLatencies![1]!.interval }
      ])
      // Plain int8 is as fast as itself.
      expect(trials[1]!.gates?.[1]).toMatchObject({ value: 1, interval: null })
    }
  })
})
