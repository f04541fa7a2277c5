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
  utteranceRecordSchema,
  type StudyReport,
  type TrialOutcome,
  type TrialReport
} from '@contract/trial'
import { canonicalJson, type Json } from '../base/canonical-json'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import type { DatasetDescription, RecognizedModel } from '../engine/protocol'
import { expandRecipe } from '../study/expand'
import { trialIdentity, type TrialInputs, type TrialSpec } from '../study/trial-spec'
import { sha256Text } from '../workspace/files'
import { openWorkspace, type Workspace } from '../workspace/workspace'
import { readRecipe, type ResolvedRecipe } from './read-recipe'
import type { RunStudyRequest, ServiceOptions } from './requests'
import { compareWithInt8, createTrialReport } from './trial-report'
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
      const prepared = await prepare(resolved, builder, options)
      const trials = plannedTrials(resolved, prepared.inputs)
      const study = saveStudy(workspace, resolved, prepared.inputs, trials)
      const run: StudyRun = {
        launcher,
        builder,
        workspace,
        resolved,
        recognized: prepared.recognized,
        calibrationHash: prepared.inputs.calibrationHash,
        options
      }
      const reports: TrialReport[] = []
      for (const [index, trial] of trials.entries()) {
        const report = await runTrial(run, trial, `[${index + 1}/${trials.length}] ${trial.spec.name}`)
        reports.push(report)
        request.onTrial?.(report)
      }
      return { study, trials: compareWithInt8(reports) }
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
  readonly recognized: RecognizedModel
  readonly calibrationHash: string
  readonly options: ServiceOptions
}

interface PlannedTrial {
  readonly trialId: string
  readonly spec: TrialSpec
}

async function prepare(
  { modelPath, calibrationPath, evaluationPath }: ResolvedRecipe,
  builder: EngineClient,
  options: ServiceOptions
): Promise<{ recognized: RecognizedModel; inputs: TrialInputs }> {
  const recognized = await builder.request('model.recognize', { modelPath }, options)
  const calibration = await builder.request('dataset.describe', { datasetPath: calibrationPath }, options)
  const evaluation = await builder.request('dataset.describe', { datasetPath: evaluationPath }, options)
  assertDisjoint(calibration, evaluation)
  const inputs: TrialInputs = {
    modelHash: recognized.modelHash,
    calibrationHash: calibration.datasetHash,
    evaluationHash: evaluation.datasetHash,
    versions: recognized.versions
  }
  return { recognized, inputs }
}

/** Numbers measured on recordings that shaped the model would flatter it. */
function assertDisjoint(calibration: DatasetDescription, evaluation: DatasetDescription): void {
  const known = new Set(calibration.audioHashes)
  const shared = evaluation.audioHashes.filter((hash) => known.has(hash)).length
  if (shared === 0) return
  throw new WorkbenchError(
    'invalid-input',
    `The calibration set and the evaluation set share ${shared} of ${evaluation.audioHashes.length} recordings, expected none; take the shared ones out of one set.`
  )
}

function plannedTrials({ recipe }: ResolvedRecipe, inputs: TrialInputs): PlannedTrial[] {
  return expandRecipe(recipe).map((spec) => ({
    trialId: sha256Text(canonicalJson(trialIdentity(spec, inputs))),
    spec
  }))
}

function saveStudy(
  workspace: Workspace,
  { recipe, modelPath }: ResolvedRecipe,
  { modelHash, calibrationHash, evaluationHash }: TrialInputs,
  trials: readonly PlannedTrial[]
): StudyReport['study'] {
  const studyId = sha256Text(canonicalJson([recipe.name, ...trials.map(({ trialId }) => trialId)]))
  workspace.records.saveStudy({
    studyId,
    name: recipe.name,
    recipe: { recipe, modelPath, modelHash, calibrationHash, evaluationHash },
    createdAt: new Date().toISOString(),
    trials: trials.map(({ trialId, spec }) => ({ trialId, name: spec.name }))
  })
  return { studyId, name: recipe.name, modelHash, calibrationHash, evaluationHash }
}

async function runTrial(run: StudyRun, trial: PlannedTrial, title: string): Promise<TrialReport> {
  const { records } = run.workspace
  const { trialId, spec } = trial
  const stored = records.trial(trialId)
  if (stored?.state === 'completed') {
    const outcome = trialOutcomeSchema.parse(stored.result)
    return createTrialReport({ trialId, spec, state: 'completed', reused: true, outcome })
  }
  records.startTrial({ trialId, spec, startedAt: new Date().toISOString() })
  try {
    const outcome = await buildAndMeasure(run, trial, title).catch(async (thrown: unknown) => {
      if (!isCrash(thrown)) throw thrown
      // Once may be chance, such as a machine short of memory; what was recorded is not done again.
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

async function buildAndMeasure(
  { launcher, builder, workspace, resolved, recognized, calibrationHash, options }: StudyRun,
  { trialId, spec }: PlannedTrial,
  title: string
): Promise<TrialOutcome> {
  const following = {
    ...options,
    onProgress: (progress: Progress) =>
      options.onProgress?.({ ...progress, stage: `${title}: ${progress.stage}` })
  }
  const { modelFile, ...built } = await builder.request(
    'model.build',
    {
      modelPath: resolved.modelPath,
      making: spec.making,
      calibrationPath: resolved.calibrationPath,
      calibrationHash,
      workspaceFolder: workspace.folder,
      resample: spec.evaluation.resample,
      threads: availableParallelism()
    },
    following
  )
  const { records } = workspace
  const known = records.utterancesOf(trialId).map(({ record }) => utteranceRecordSchema.parse(record))
  // A process of its own, so that load time and peak memory are this model's alone.
  const measurement = await withEngine(launcher, (engine) =>
    engine.request(
      'model.evaluate',
      {
        description: recognized.description,
        modelFile,
        datasetPath: resolved.evaluationPath,
        settings: spec.evaluation,
        known
      },
      {
        ...following,
        onRecords: (finished) => {
          records.recordUtterances(
            trialId,
            finished.map((record) => ({ utteranceId: record.utteranceId, record }))
          )
        }
      }
    )
  )
  return { built, measurement }
}
