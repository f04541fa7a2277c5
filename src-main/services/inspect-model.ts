/** Answers what a page asks about the inside of a model, with an engine that stays alive between questions. */
import { availableParallelism } from 'node:os'
import type {
  InspectedLayer,
  InspectedModel,
  PlanPreviewRequest,
  TwinSpectra,
  WeightStatistics
} from '@contract/inspect'
import type { ModelPlan } from '@contract/model-plan'
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
  /** Ends the engine, if one runs. */
  close(): void
}

/** What an inspected model is resolved with. */
export interface InspectionPlace {
  readonly folders: AllowedFolders
  readonly workspaceFolder: string
}

export interface InspectionParts extends InspectionPlace {
  /** Called at the first question. */
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
    close() {
      engine?.close()
    }
  }
}
