import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { StudyEstimate } from '@contract/study-estimate'
import { trialOutcomeSchema } from '@contract/trial'
import { createInProcessLauncher, type InProcessLauncher } from '../../tests/helpers/in-process-engine'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import {
  tinyRecipe,
  tinyTrialNames,
  writeTinyStudy,
  type RecipeText,
  type TinyStudy
} from '../../tests/helpers/tiny-study'
import { completedTrial } from '../../tests/helpers/trial-reports'
import { EngineClient } from '../engine/client'
import type { Json } from '../base/canonical-json'
import { trialSpecJson } from '../study/trial-spec'
import { openWorkspace } from '../workspace/workspace'
import { createStudyEstimator, type EstimateStudy } from './estimate-study'
import { prepareStudy, saveStudy } from './prepare-study'
import { parseRecipe, resolveRecipe } from './read-recipe'
import { runStudy } from './run-study'

const folder = useTemporaryFolder()
let launcher: InProcessLauncher
let study: TinyStudy
let estimateStudy: EstimateStudy
let now = 0
let free: number

beforeEach(() => {
  now = 0
  launcher = createInProcessLauncher()
  study = writeTinyStudy(join(folder(), 'study'))
  free = 1e12
  estimateStudy = createStudyEstimator(
    launcher,
    {
      disk: () => ({ freeBytes: free, device: 1 }),
      memory: () => ({ availableBytes: 1e12, totalBytes: 2e12 })
    },
    () => now
  )
  openWorkspace(study.workspace).close()
})

function text(changes: Partial<RecipeText> = {}): string {
  const { model, calibration: calibrationSet, evaluation: evaluationSet } = study
  return JSON.stringify(tinyRecipe({ model, calibrationSet, evaluationSet, ...changes }))
}

function estimate(changes: Partial<RecipeText> = {}, signal?: AbortSignal): Promise<StudyEstimate> {
  const request = { recipeText: text(changes), workspaceFolder: study.workspace }
  return estimateStudy(request, signal === undefined ? {} : { signal })
}

/** Stores the named trials of the tiny study as completed, as running it does. */
async function finish(names: readonly string[]): Promise<void> {
  const resolved = await resolveRecipe(parseRecipe(text(), 'test'), '/')
  const engine = new EngineClient(launcher)
  const prepared = await prepareStudy(resolved, engine, study.workspace, {})
  engine.close()
  const workspace = openWorkspace(study.workspace)
  saveStudy(workspace, resolved, prepared)
  const { records } = workspace
  for (const { trialId, spec } of prepared.trials.filter((trial) => names.includes(trial.spec.name))) {
    records.startTrial({ trialId, spec: trialSpecJson(spec), startedAt: '2026-01-01T00:00:00.000Z' })
    const figures = completedTrial(spec.name)
    const result = trialOutcomeSchema.parse({ built: figures, measurement: figures }) as unknown as Json
    records.finishTrial(trialId, { result, finishedAt: '2026-01-01T00:00:20.000Z' })
  }
  workspace.close()
}

describe('the estimate of a study', () => {
  it('names the trials in their order and rests on a rule where nothing was measured', async () => {
    const { trials, seconds, evaluationAudioSeconds, reuseObstacle } = await estimate()
    expect(trials.map(({ name }) => name)).toEqual(tinyTrialNames)
    expect(trials.every(({ isFinished }) => isFinished === false)).toBe(true)
    expect(seconds).toMatchObject({ basis: 'rule', trials: 0 })
    expect(evaluationAudioSeconds).toBeGreaterThan(1)
    expect(reuseObstacle).toBeNull()
  })

  it('knows what is finished, also under another name of the study, and learns from it', async () => {
    await finish(['baseline', 'weight-svd 50%'])
    const { trials, seconds } = await estimate({ name: 'another' })
    expect(trials.filter(({ isFinished }) => isFinished).map(({ name }) => name)).toEqual([
      'baseline',
      'weight-svd 50%'
    ])
    expect(seconds).toMatchObject({ basis: 'same-model', trials: 2 })
  })

  it('takes nothing for finished once the data are others', async () => {
    await finish(['baseline'])
    const { calibration, evaluation } = study
    const { trials } = await estimate({ calibrationSet: evaluation, evaluationSet: calibration })
    expect(trials.some(({ isFinished }) => isFinished)).toBe(false)
  })

  it('looks at a model and its data once in a while, not at every key', async () => {
    await estimate()
    expect(launcher.launched).toBe(3)
    await estimate({ grids: [] })
    expect(launcher.launched).toBe(3)
    now = 6 * 60_000
    await estimate()
    expect(launcher.launched).toBe(6)
  })

  it('is given up when nobody waits for it any more', async () => {
    const asked = new AbortController()
    const pending = estimate({}, asked.signal)
    asked.abort()
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('says what of a recipe cannot be read', async () => {
    await expect(estimate({ grids: [{ methods: [], retainedFractions: [0.5] }] })).rejects.toMatchObject({
      code: 'invalid-input'
    })
    rmSync(study.evaluation)
    expect(existsSync(study.evaluation)).toBe(false)
    await expect(estimate()).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('what does not fit', () => {
  it('is told with the estimate', async () => {
    expect((await estimate()).shortfalls).toEqual([])
    free = 1000
    const { shortfalls, diskBytes } = await estimate()
    expect(shortfalls).toEqual([
      { resource: 'disk', neededBytes: diskBytes.value, availableBytes: 1000, folder: study.workspace }
    ])
  })

  it('ends a study before its first trial, with the figures, unless it is forced or finished', async () => {
    const machine = {
      disk: () => ({ freeBytes: 1e12, device: 1 }),
      memory: () => ({ availableBytes: 1e6, totalBytes: 2e9 })
    }
    const run = (isForced: boolean) => {
      const signal = new AbortController()
      const request = {
        recipePath: study.recipe,
        workspaceFolder: study.workspace,
        outputFolder: undefined,
        isForced,
        // It has passed when it comes as far as this.
        onStudy: () => {
          signal.abort()
        }
      }
      return runStudy(launcher, request, { signal: signal.signal }, machine)
    }
    await expect(run(false)).rejects.toMatchObject({
      code: 'resources',
      message: expect.stringMatching(
        /^This study needs about .* of memory \(1\.0 MB available\), by an estimate: .*--force/
      ) as string
    })
    await expect(run(true)).rejects.toMatchObject({ code: 'cancelled' })
    await finish(tinyTrialNames)
    await expect(run(false)).rejects.toMatchObject({ code: 'cancelled' })
  })
})
