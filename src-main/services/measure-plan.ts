/**
 * Makes a plan for real and hears it on a few recordings: an estimate of what a study would find, while ranks are still
 * being chosen. Its engine is not the one that answers quick questions, so that moving a rank stays quick.
 */
import { join } from 'node:path'
import type { PlanMeasurement, PlanMeasurementRequest, SampledFigures } from '@contract/inspect'
import { WorkbenchError } from '@contract/errors'
import { qualityOf } from '@contract/quality'
import { evaluationSettingsSchema } from '@contract/recipe'
import type { TrialMaking } from '../study/trial-spec'
import { randomKey } from '../workspace/random-key'
import { removeQuietly } from '../workspace/files'
import { inspectionSession, previewedMaking, type InspectionParts } from './inspect-model'
import type { InteractiveEngine } from './interactive-engine'

export interface PlanMeasuring {
  /**
   * A newer measurement ends the one under way as `cancelled`. What the model itself does on the same recordings is
   * measured once and remembered.
   *
   * @throws WorkbenchError what building and measuring throw.
   */
  measure(
    request: PlanMeasurementRequest,
    options: { readonly signal?: AbortSignal }
  ): Promise<PlanMeasurement>
  /** Ends the engine, if one runs. */
  close(): void
}

/** Which recordings are drawn: always the same, so that two plans are heard on the same ones. */
const subsetSeed = 1

interface Sampled {
  readonly figures: SampledFigures
  readonly utterances: number
}

/** Every path passes `folders` first. The engine is opened at the first measurement. */
export function createPlanMeasuring({ openEngine, ...place }: InspectionParts): PlanMeasuring {
  let engine: InteractiveEngine | undefined
  let running: AbortController | undefined
  const baselines = new Map<string, Sampled>()

  async function sample(
    request: PlanMeasurementRequest,
    making: TrialMaking,
    signal: AbortSignal
  ): Promise<Sampled> {
    const session = inspectionSession(request, place)
    const datasetPath = place.folders.resolve(request.evaluationPath)
    const settings = evaluationSettingsSchema.parse({
      normalizer: request.normalizer,
      resample: true,
      skipUnreadable: true
    })
    const asked = (engine ??= openEngine())
    const { modelPath } = session
    const { description } = await asked.ask('model.recognize', { modelPath }, { signal })
    // Of its own, so that looking around does not fill the workspace with models.
    const modelsFolder = join(place.workspaceFolder, 'tmp', randomKey())
    try {
      const { modelFile, sizeBytes } = await asked.ask(
        'model.build',
        { ...session, making, evaluationThreads: settings.threads, modelsFolder },
        { signal }
      )
      const subset = { utterances: request.utterances, seed: subsetSeed }
      const measured = await asked.ask(
        'model.evaluate',
        { description, modelFile, datasetPath, settings, known: [], subset },
        { signal }
      )
      const quality = qualityOf(measured)
      if (quality === undefined) throw nothingCounted(request.evaluationPath)
      const p50Milliseconds = measured.latencyMilliseconds.p50
      return { figures: { quality, sizeBytes, p50Milliseconds }, utterances: measured.utterances }
    } finally {
      await removeQuietly(modelsFolder)
    }
  }

  async function baselineOf(request: PlanMeasurementRequest, signal: AbortSignal): Promise<Sampled> {
    const { modelPath, evaluationPath, utterances, normalizer } = request
    const key = JSON.stringify([modelPath, evaluationPath, utterances, normalizer])
    const known = baselines.get(key)
    if (known !== undefined) return known
    const sampled = await sample(request, { kind: 'baseline' }, signal)
    baselines.set(key, sampled)
    return sampled
  }

  return {
    async measure(request, { signal }) {
      running?.abort()
      const own = new AbortController()
      running = own
      const ended = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal])
      const baseline = await baselineOf(request, ended)
      const plan = await sample(request, previewedMaking(request), ended)
      return { utterances: plan.utterances, plan: plan.figures, baseline: baseline.figures }
    },
    close() {
      running?.abort()
      engine?.close()
    }
  }
}

function nothingCounted(evaluationPath: string): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `'${evaluationPath}' has nothing to count errors by: choose recordings with transcripts or labels.`
  )
}
