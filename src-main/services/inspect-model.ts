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

export interface InspectionParts {
  /** Called at the first question. */
  readonly openEngine: () => InteractiveEngine
  readonly folders: AllowedFolders
  readonly workspaceFolder: string
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

  /** The same for all questions about a model, so that the engine keeps what it knows of it. */
  function sessionOf({ modelPath, calibrationPath }: InspectedModel): SessionParams {
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

  return {
    spectra: async (model, options) =>
      ask(
        'model.spectra',
        { ...sessionOf(model), selection: model.selection, damping: defaultDamping },
        options
      ),
    previewPlan: async ({ method, ranks, precision, ...model }, options) => {
      const { selection } = model
      const damping = defaultDamping
      const making = {
        kind: 'low-rank',
        method,
        ranks,
        selection,
        damping,
        refit: false,
        calibration: 'original',
        precision
      } as const
      return ask(
        'model.plan',
        { ...sessionOf(model), making, evaluationThreads: 1 },
        { ...options, topic: 'plan.preview' }
      )
    },
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
