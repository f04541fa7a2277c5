/** Answers what a page asks about the inside of a model, with an engine that stays alive between questions. */
import { availableParallelism } from 'node:os'
import type {
  InspectedLayer,
  InspectedModel,
  PlanPreviewRequest,
  TimedModelRequest,
  TwinSpectra,
  WeightStatistics
} from '@contract/inspect'
import type { ModelPlan } from '@contract/model-plan'
import type { LatencyTable } from '@contract/rank-plan'
import { defaultDamping } from '@contract/recipe'
import type { ModelSpectra } from '@contract/spectra'
import type { SessionParams } from '../engine/protocol'
import type { LowRankMaking } from '../study/trial-spec'
import type { AllowedFolders } from '../workspace/allowed-folders'
import type { InteractiveEngine, QuestionOptions } from './interactive-engine'

export interface ModelInspection {
  spectra(model: InspectedModel, options: QuestionOptions): Promise<ModelSpectra>
  /** A newer preview takes the place of one that still waits. */
  previewPlan(request: PlanPreviewRequest, options: QuestionOptions): Promise<ModelPlan>
  statistics(layer: InspectedLayer, options: QuestionOptions): Promise<WeightStatistics>
  twins(layer: InspectedLayer, options: QuestionOptions): Promise<TwinSpectra>
  /** Times of this machine for the shapes of a model; other questions are answered meanwhile. */
  times(model: TimedModelRequest, options: QuestionOptions): Promise<LatencyTable>
  /** Ends the engines that run. */
  close(): void
}

/** What an inspected model is resolved with. */
export interface InspectionPlace {
  readonly folders: AllowedFolders
  readonly workspaceFolder: string
}

export interface InspectionParts extends InspectionPlace {
  /** Called when an engine is first needed. */
  readonly openEngine: () => InteractiveEngine
}

/** The same for all questions about a model, so that an engine keeps what it knows of it. Paths pass `folders`. */
export function inspectionSession(
  { modelPath, calibrationPath }: InspectedModel,
  { folders, workspaceFolder }: InspectionPlace
): SessionParams {
  return {
    modelPath: folders.resolve(modelPath),
    calibrationPath: calibrationPath === null ? undefined : folders.resolve(calibrationPath),
    calibrationHash: undefined,
    workspaceFolder,
    // To look at a model, audio at another rate is better than none; a study asks for it explicitly.
    resample: true,
    skipUnreadable: false,
    threads: availableParallelism()
  }
}

/** How the model of a previewed plan is made. */
export function previewedMaking({ method, ranks, selection, precision }: PlanPreviewRequest): LowRankMaking {
  return {
    kind: 'low-rank',
    method,
    ranks,
    selection,
    damping: defaultDamping,
    refit: false,
    calibration: 'original',
    precision
  }
}

/** Every path passes `folders` first. */
export function createModelInspection({
  openEngine,
  folders,
  workspaceFolder
}: InspectionParts): ModelInspection {
  let engine: InteractiveEngine | undefined
  const timing = new Set<InteractiveEngine>()
  const ask: InteractiveEngine['ask'] = (name, params, options) =>
    (engine ??= openEngine()).ask(name, params, options)

  const sessionOf = (model: InspectedModel): SessionParams =>
    inspectionSession(model, { folders, workspaceFolder })

  return {
    spectra: async (model, options) =>
      ask(
        'model.spectra',
        { ...sessionOf(model), selection: model.selection, damping: defaultDamping },
        options
      ),
    previewPlan: async (request, options) =>
      ask(
        'model.plan',
        { ...sessionOf(request), making: previewedMaking(request), evaluationThreads: 1 },
        { ...options, topic: 'plan.preview' }
      ),
    statistics: async ({ layerId, ...model }, options) =>
      ask(
        'weights.statistics',
        { ...sessionOf(model), selection: model.selection, layerId },
        { ...options, topic: 'weights.statistics' }
      ),
    twins: async ({ layerId, ...model }, options) =>
      ask(
        'model.twins',
        { ...sessionOf(model), selection: model.selection, layerId },
        { ...options, topic: 'model.twins' }
      ),
    async times({ modelPath, threads, again }, options) {
      const params = { modelPath: folders.resolve(modelPath), workspaceFolder, threads, again }
      // Of its own: seconds of timing must hold up no plan, and nothing of it is needed again, as the cache keeps the table.
      const own = openEngine()
      timing.add(own)
      try {
        return (await own.ask('machine.probe', params, options)).table
      } finally {
        timing.delete(own)
        own.close()
      }
    },
    close() {
      engine?.close()
      for (const own of timing) own.close()
    }
  }
}
