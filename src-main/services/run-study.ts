/**
 * Runs a study: expands the recipe, skips what is finished, and has engine processes build and measure the rest.
 *
 * Everything final is in the workspace before the next step starts, so stopping at any moment, by Ctrl-C or by a
 * kill, costs at most the utterance or layer in hand.
 */
import { availableParallelism } from 'node:os'
import { WorkbenchError, toErrorWire, type ErrorWire } from '@contract/errors'
import type { Progress } from '@contract/progress'
import {
  trialOutcomeSchema,
  type StudyReport,
  type TrialOutcome,
  type TrialReport,
  type UtteranceRecord
} from '@contract/trial'
import { throwIfCancelled } from '../base/abort'
import type { Json } from '../base/canonical-json'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import type { EvaluateParams } from '../engine/protocol'
import { isYardstick, trialSpecJson } from '../study/trial-spec'
import { openWorkspace, type Workspace } from '../workspace/workspace'
import { compareTrials } from './compare-trials'
import { prepareStudy, saveStudy, type PlannedTrial, type PreparedStudy } from './prepare-study'
import { readRecipe, type ResolvedRecipe } from './read-recipe'
import type { RunStudyRequest, ServiceOptions } from './requests'
import { createTrialReport } from './trial-report'
import { recordsOf } from './utterance-records'
import { withEngine } from './with-engine'

/** @throws WorkbenchError `invalid-input` for a wrong recipe, `cancelled`, and what opening model and data throws. */
export async function runStudy(
  launcher: EngineLauncher,
  request: RunStudyRequest,
  options: ServiceOptions = {}
): Promise<StudyReport> {
  const resolved = await readRecipe(request.recipePath)
  const workspace = openWorkspace(request.workspaceFolder)
  try {
    return await withEngine(launcher, async (builder) => {
      const prepared = await prepareStudy(resolved, builder, workspace.folder, options)
      const study = saveStudy(workspace, resolved, prepared)
      request.onStudy?.(study.studyId)
      const run: StudyRun = { launcher, builder, workspace, resolved, prepared, options }
      const { trials } = prepared
      const reports: TrialReport[] = []
      for (const [index, trial] of trials.entries()) {
        // Before the trial is marked as begun: who pauses between trials has not stopped the next one.
        if (options.signal !== undefined) throwIfCancelled(options.signal)
        const report = await runTrial(run, trial, `[${index + 1}/${trials.length}] ${trial.spec.name}`)
        reports.push(report)
        request.onTrial?.(report)
      }
      return { study, trials: compareTrials(reports, resolved.recipe, recordsOf(workspace)) }
    })
  } finally {
    workspace.close()
  }
}

interface StudyRun {
  readonly launcher: EngineLauncher
  /** Keeps the opened model, statistics and factors between trials. */
  readonly builder: EngineClient
  readonly workspace: Workspace
  readonly resolved: ResolvedRecipe
  readonly prepared: PreparedStudy
  readonly options: ServiceOptions
}

async function runTrial(run: StudyRun, trial: PlannedTrial, title: string): Promise<TrialReport> {
  const { records } = run.workspace
  const { trialId, spec } = trial
  const stored = records.trial(trialId)
  if (stored?.state === 'completed') {
    const outcome = trialOutcomeSchema.parse(stored.result)
    return createTrialReport({ trialId, spec, state: 'completed', reused: true, outcome })
  }
  records.startTrial({ trialId, spec: trialSpecJson(spec), startedAt: new Date().toISOString() })
  try {
    const outcome = await buildAndMeasure(run, trial, title).catch(async (thrown: unknown) => {
      if (!isCrash(thrown)) throw thrown
      // Once may be chance, such as a machine short of memory; what was recorded is not done again. What ended one
      // process may have ended the builder too, without its end being known yet: the second try starts both anew.
      run.builder.close()
      return buildAndMeasure(run, trial, `${title}, second try`)
    })
    records.finishTrial(trialId, { result: outcome, finishedAt: new Date().toISOString() })
    return createTrialReport({ trialId, spec, state: 'completed', reused: false, outcome })
  } catch (thrown) {
    const error = toErrorWire(thrown)
    const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
    records.failTrial(trialId, { state, error: wireAsJson(error), finishedAt: new Date().toISOString() })
    if (state === 'cancelled' || error.code === 'io') throw thrown
    return createTrialReport({ trialId, spec, state, reused: false, error })
  }
}

function isCrash(thrown: unknown): boolean {
  return thrown instanceof WorkbenchError && thrown.code === 'crashed'
}

function wireAsJson(error: ErrorWire): Json {
  return { code: error.code, message: error.message, details: error.details }
}

async function buildAndMeasure(run: StudyRun, trial: PlannedTrial, title: string): Promise<TrialOutcome> {
  const { builder, workspace, resolved, prepared } = run
  const { spec } = trial
  const following = titled(run.options, title)
  const { modelFile, ...built } = await builder.request(
    'model.build',
    {
      modelPath: resolved.modelPath,
      making: spec.making,
      calibrationPath: resolved.calibrationPath,
      calibrationHash: prepared.inputs.calibrationHash,
      workspaceFolder: workspace.folder,
      resample: spec.evaluation.resample,
      skipUnreadable: spec.evaluation.skipUnreadable,
      threads: availableParallelism(),
      evaluationThreads: spec.evaluation.threads
    },
    following
  )
  const measurement = await measureOnEvaluationSet(run, trial, modelFile, following)
  const { developmentPath } = resolved
  if (developmentPath === undefined) return { built, measurement }
  const development = await measure(
    run,
    {
      description: prepared.recognized.description,
      modelFile,
      datasetPath: developmentPath,
      settings: { ...spec.evaluation, throughput: false },
      known: []
    },
    following
  )
  return { built, measurement, development }
}

function measureOnEvaluationSet(
  run: StudyRun,
  trial: PlannedTrial,
  modelFile: string,
  following: ServiceOptions
): Promise<TrialOutcome['measurement']> {
  const { workspace, prepared, resolved } = run
  const { trialId, spec } = trial
  const stopping = stoppingRule(run, trial)
  return measure(
    run,
    {
      description: prepared.recognized.description,
      modelFile,
      datasetPath: resolved.evaluationPath,
      settings: spec.evaluation,
      known: recordsOf(workspace)(trialId),
      ...(stopping === undefined ? {} : { stopping })
    },
    {
      ...following,
      onRecords: (finished) => {
        workspace.records.recordUtterances(
          trialId,
          finished.map((record) => ({ utteranceId: record.utteranceId, record }))
        )
      }
    }
  )
}

/** A process of its own, so that load time and peak memory are this model's alone. */
function measure(
  { launcher }: StudyRun,
  params: EvaluateParams,
  following: ServiceOptions & { readonly onRecords?: (records: readonly UtteranceRecord[]) => void }
): Promise<TrialOutcome['measurement']> {
  return withEngine(launcher, (engine) => engine.request('model.evaluate', params, following))
}

/** The references themselves are always measured whole: everything else is held against them. */
function stoppingRule({ workspace, prepared }: StudyRun, { spec }: PlannedTrial): EvaluateParams['stopping'] {
  if (spec.stoppingGates.length === 0 || spec.making.kind === 'baseline' || isYardstick(spec.making))
    return undefined
  const recordsOfTrial = (isWanted: (trial: PlannedTrial) => boolean) => {
    const reference = prepared.trials.find(isWanted)
    return reference === undefined ? undefined : recordsOf(workspace)(reference.trialId)
  }
  return {
    gates: spec.stoppingGates,
    references: {
      baseline: recordsOfTrial((trial) => trial.spec.making.kind === 'baseline'),
      int8: recordsOfTrial((trial) => isYardstick(trial.spec.making))
    }
  }
}

/** The same, with the trial's name in front of every stage. */
function titled(options: ServiceOptions, title: string): ServiceOptions {
  return {
    ...options,
    onProgress: (progress: Progress) =>
      options.onProgress?.({ ...progress, stage: `${title}: ${progress.stage}` })
  }
}
