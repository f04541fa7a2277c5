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
  trialErrorSchema,
  trialOutcomeSchema,
  type StudyReport,
  type TrialOutcome,
  type TrialReport,
  type UtteranceRecord
} from '@contract/trial'
import { throwIfCancelled } from '../base/abort'
import type { Json } from '../base/canonical-json'
import { once } from '../base/once'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import type { EngineRequests, EvaluateParams } from '../engine/protocol'
import { isYardstick, trialSpecJson } from '../study/trial-spec'
import { systemResources } from '../workspace/machine-resources'
import { openWorkspace, type Workspace } from '../workspace/workspace'
import { compareTrials } from './compare-trials'
import { assertStudyFits } from './estimate-study'
import { missingPairs, pairLatencies, wantedReferences, type Pairing } from './pair-latencies'
import { prepareStudy, saveStudy, type PlannedTrial, type PreparedStudy } from './prepare-study'
import { readRecipe } from './read-recipe'
import type { RunStudyRequest, ServiceOptions } from './requests'
import type { MachineRoom } from './resource-needs'
import { createTrialReport } from './trial-report'
import { recordsOf } from './utterance-records'
import { waitForTurn } from './wait-for-turn'
import { withEngine } from './with-engine'

/**
 * Trials after which the engine that builds starts anew: whatever a native library may leave behind in hundreds of models goes
 * with the process. What it knew is in the cache. An engine that measures serves one trial only.
 */
const trialsPerEngine = 100

/**
 * @throws WorkbenchError `invalid-input` for a wrong recipe, `resources` for a study that does not fit on the machine,
 *   `cancelled`, and what opening model and data throws.
 */
export async function runStudy(
  launcher: EngineLauncher,
  request: RunStudyRequest,
  options: ServiceOptions = {},
  machine: MachineRoom = systemResources
): Promise<StudyReport> {
  const resolved = await readRecipe(request.recipePath)
  const workspace = openWorkspace(request.workspaceFolder)
  try {
    return await withEngine(launcher, async (builder) => {
      const prepared = await prepareStudy(resolved, builder, workspace.folder, options)
      if (request.isForced !== true) {
        const { modelPath } = resolved
        await assertStudyFits(prepared, { modelPath, engine: builder, workspace, machine }, options)
      }
      const study = saveStudy(workspace, resolved, prepared)
      if (request.retryPoisoned === true) workspace.records.forgiveTrials(study.studyId)
      request.onStudy?.(study.studyId)
      const references = once(() => readReferences(workspace, prepared))
      const speedReferences = wantedReferences(resolved.recipe, request.pairedLatency === true)
      const place = { launcher, builder, workspace, resolved, prepared }
      const run: StudyRun = { ...place, references, speedReferences, options }
      const { trials } = prepared
      const reports: TrialReport[] = []
      let computed = 0
      for (const [index, trial] of trials.entries()) {
        // Before the trial is marked as begun: who pauses between trials has not stopped the next one.
        if (options.signal !== undefined) throwIfCancelled(options.signal)
        const report = await runTrial(run, trial, `[${index + 1}/${trials.length}] ${trial.spec.name}`)
        reports.push(report)
        request.onTrial?.(report)
        if (!report.reused && ++computed % trialsPerEngine === 0) builder.close()
      }
      return { study, trials: compareTrials(reports, resolved.recipe, recordsOf(workspace)) }
    })
  } finally {
    workspace.close()
  }
}

interface StudyRun extends Pairing {
  /** Keeps the opened model, statistics and factors between trials. */
  readonly builder: EngineClient
  /** Read once, when the first tier asks: a study of hundreds of trials does not read them hundreds of times. */
  readonly references: () => StoppingReferences
  readonly options: ServiceOptions
}

type StoppingReferences = NonNullable<EvaluateParams['stopping']>['references']

async function runTrial(run: StudyRun, trial: PlannedTrial, title: string): Promise<TrialReport> {
  const known = knownTrial(run, trial)
  const isComplete = known !== undefined && missingPairs(run, known).length === 0
  if (isComplete && (await isModelThere(run, known))) return known
  const release = await waitForTurn(run.workspace.folder, title, run.options)
  try {
    // Another process may have finished it while we waited.
    const finished = knownTrial(run, trial)
    if (finished !== undefined && !(await isModelThere(run, finished))) await remakeModel(run, trial, title)
    const report = finished ?? (await computeTrial(run, trial, title))
    return await pairLatencies(run, trial, report, titled(run.options, title))
  } finally {
    release()
  }
}

/** A trial that is not computed: it is completed, or poisoned. */
function knownTrial({ workspace }: StudyRun, { trialId, spec }: PlannedTrial): TrialReport | undefined {
  const stored = workspace.records.trial(trialId)
  if (stored?.state === 'completed') {
    const outcome = trialOutcomeSchema.parse(stored.result)
    return createTrialReport({ trialId, spec, state: 'completed', reused: true, outcome })
  }
  if (stored?.state !== 'poisoned') return undefined
  const error = trialErrorSchema.parse(stored.error)
  return createTrialReport({ trialId, spec, state: 'poisoned', reused: true, error })
}

/** Whether the model of a completed trial is where exports look for it; the baseline is the user's own file. */
async function isModelThere(
  { workspace }: StudyRun,
  { state, method, modelHash }: TrialReport
): Promise<boolean> {
  if (state !== 'completed' || method === 'baseline' || modelHash === undefined) return true
  return workspace.models.hasIntact(modelHash)
}

/**
 * Makes the model of a completed trial again, which a user removed or a power cut damaged. Its numbers stand, since they
 * were measured on the model as it was, and the same bytes come out again.
 */
async function remakeModel(run: StudyRun, trial: PlannedTrial, title: string): Promise<void> {
  await buildTrial(run, trial, titled(run.options, `${title}, its model again`))
}

async function computeTrial(run: StudyRun, trial: PlannedTrial, title: string): Promise<TrialReport> {
  const { records } = run.workspace
  const { trialId, spec } = trial
  records.startTrial({ trialId, spec: trialSpecJson(spec), startedAt: new Date().toISOString() })
  try {
    const outcome = await buildAndMeasureAgain(run, trial, title)
    records.finishTrial(trialId, { result: outcome, finishedAt: new Date().toISOString() })
    return createTrialReport({ trialId, spec, state: 'completed', reused: false, outcome })
  } catch (thrown) {
    const error = toErrorWire(thrown)
    const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
    try {
      records.failTrial(trialId, { state, error: wireAsJson(error), finishedAt: new Date().toISOString() })
    } catch (unrecorded) {
      // The disk that failed the trial may refuse this note too; the trial then stays as if the process had been killed.
      if (error.code !== 'io') throw unrecorded
    }
    if (state === 'cancelled' || error.code === 'io') throw thrown
    // As the records have it: whether it is poisoned depends on crashes that other runs have seen.
    return createTrialReport({
      trialId,
      spec,
      state: records.trial(trialId)?.state ?? state,
      reused: false,
      error
    })
  }
}

/** Builds and measures; once more when the engine goes down, unless the trial has then done so too often. */
async function buildAndMeasureAgain(
  run: StudyRun,
  trial: PlannedTrial,
  title: string
): Promise<TrialOutcome> {
  try {
    return await buildAndMeasure(run, trial, title)
  } catch (thrown) {
    if (!isCrash(thrown) || run.workspace.records.countCrash(trial.trialId)) throw thrown
    // What was recorded is not done again. What ended one process may have ended the builder too, without its end being
    // known yet: the second try starts both anew.
    run.builder.close()
    return buildAndMeasureAgain(run, trial, `${title}, second try`)
  }
}

function isCrash(thrown: unknown): boolean {
  return thrown instanceof WorkbenchError && thrown.code === 'crashed'
}

function wireAsJson(error: ErrorWire): Json {
  return { code: error.code, message: error.message, details: error.details }
}

async function buildAndMeasure(run: StudyRun, trial: PlannedTrial, title: string): Promise<TrialOutcome> {
  const { resolved, prepared } = run
  const { spec } = trial
  const following = titled(run.options, title)
  const { modelFile, ...built } = await buildTrial(run, trial, following)
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

function buildTrial(
  { builder, workspace, resolved, prepared }: StudyRun,
  { spec }: PlannedTrial,
  following: ServiceOptions
): Promise<EngineRequests['model.build']['result']> {
  return builder.request(
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
  { launcher, workspace: { temporaryFolder } }: StudyRun,
  params: EvaluateParams,
  following: ServiceOptions & { readonly onRecords?: (records: readonly UtteranceRecord[]) => void }
): Promise<TrialOutcome['measurement']> {
  return withEngine(launcher, (engine) =>
    engine.request('model.evaluate', { ...params, temporaryFolder }, following)
  )
}

/** The references themselves are always measured whole: everything else is held against them. */
function stoppingRule(run: StudyRun, { spec }: PlannedTrial): EvaluateParams['stopping'] {
  if (spec.stoppingGates.length === 0 || spec.making.kind === 'baseline' || isYardstick(spec.making))
    return undefined
  return { gates: spec.stoppingGates, references: run.references() }
}

/** What was recorded of the baseline and of plain int8. They come first in a study, so every tier finds the same. */
function readReferences(workspace: Workspace, { trials }: PreparedStudy): StoppingReferences {
  const recordsOfTrial = (isWanted: (trial: PlannedTrial) => boolean) => {
    const reference = trials.find(isWanted)
    return reference === undefined ? undefined : recordsOf(workspace)(reference.trialId)
  }
  return {
    baseline: recordsOfTrial((trial) => trial.spec.making.kind === 'baseline'),
    int8: recordsOfTrial((trial) => isYardstick(trial.spec.making))
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
