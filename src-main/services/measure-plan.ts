/**
 * Makes a plan for real and hears it on a few recordings: an estimate of what a study would find, while ranks are still
 * being chosen. Its engine is not the one that answers quick questions, so that moving a rank stays quick.
 */
import { join } from 'node:path'
import type { PlanMeasurement, PlanMeasurementRequest, SampledFigures } from '@contract/inspect'
import { WorkbenchError } from '@contract/errors'
import { qualityOf } from '@contract/quality'
import { evaluationSettingsSchema } from '@contract/recipe'
import type { RateDifferenceReport, UtteranceRecord } from '@contract/trial'
import type { RecognizedModel, Subset } from '../engine/protocol'
import type { TrialMaking } from '../study/trial-spec'
import { randomKey } from '../workspace/random-key'
import { removeQuietly } from '../workspace/files'
import { pairedDifference } from './compare-trials'
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
/** Of the interval of the difference. */
const bootstrapSeed = 1
/** Models on recordings whose own figures are remembered. */
const mostBaselines = 8

interface Sampled {
  readonly figures: SampledFigures
  readonly utterances: number
  readonly records: readonly UtteranceRecord[]
}

/** What a plan and the model that it was made from are both heard on. */
interface Ground {
  readonly engine: InteractiveEngine
  readonly model: RecognizedModel
  readonly datasetPath: string
  readonly subset: Subset
  /** Hash of the recordings that are drawn and of their texts. */
  readonly subsetHash: string
  readonly signal: AbortSignal
}

/** Every path passes `folders` first. The engine is opened at the first measurement. */
export function createPlanMeasuring({ openEngine, ...place }: InspectionParts): PlanMeasuring {
  let engine: InteractiveEngine | undefined
  let running: AbortController | undefined
  const baselines = new Map<string, Sampled>()

  async function groundOf(request: PlanMeasurementRequest, signal: AbortSignal): Promise<Ground> {
    const { modelPath } = inspectionSession(request, place)
    const datasetPath = place.folders.resolve(request.evaluationPath)
    const subset = { utterances: request.utterances, seed: subsetSeed }
    const asked = (engine ??= openEngine())
    const model = await asked.ask('model.recognize', { modelPath }, { signal })
    // Of the drawn recordings only: reading a large set whole would take longer than hearing these.
    const described = { datasetPath, skipUnreadable: true, subset }
    const { datasetHash } = await asked.ask('dataset.describe', described, { signal })
    return { engine: asked, model, datasetPath, subset, subsetHash: datasetHash, signal }
  }

  async function sample(
    request: PlanMeasurementRequest,
    making: TrialMaking,
    { engine: asked, model, datasetPath, subset, signal }: Ground
  ): Promise<Sampled> {
    const session = inspectionSession(request, place)
    const settings = evaluationSettingsSchema.parse({
      normalizer: request.normalizer,
      resample: true,
      skipUnreadable: true
    })
    const { description } = model
    // Of its own, so that looking around does not fill the workspace with models.
    const temporaryFolder = join(place.workspaceFolder, 'tmp')
    const modelsFolder = join(temporaryFolder, randomKey())
    const records: UtteranceRecord[] = []
    try {
      const { modelFile, sizeBytes } = await asked.ask(
        'model.build',
        { ...session, making, evaluationThreads: settings.threads, modelsFolder },
        { signal }
      )
      const measured = await asked.ask(
        'model.evaluate',
        { description, modelFile, datasetPath, settings, known: [], subset, temporaryFolder },
        { signal, onRecords: (heard) => records.push(...heard) }
      )
      const quality = qualityOf(measured)
      if (quality === undefined) throw nothingCounted(request.evaluationPath)
      const p50Milliseconds = measured.latencyMilliseconds.p50
      return { figures: { quality, sizeBytes, p50Milliseconds }, utterances: measured.utterances, records }
    } finally {
      await removeQuietly(modelsFolder)
    }
  }

  /** By what the files hold: one that was changed in its place is measured anew. */
  async function baselineOf(request: PlanMeasurementRequest, ground: Ground): Promise<Sampled> {
    const { datasetPath, subset, subsetHash, model } = ground
    const key = JSON.stringify([model.modelHash, datasetPath, subsetHash, subset, request.normalizer])
    const known = baselines.get(key)
    if (known !== undefined) return known
    const sampled = await sample(request, { kind: 'baseline' }, ground)
    baselines.set(key, sampled)
    for (const [oldest] of baselines) if (baselines.size > mostBaselines) baselines.delete(oldest)
    return sampled
  }

  return {
    async measure(request, { signal }) {
      running?.abort()
      const own = new AbortController()
      running = own
      const ended = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal])
      const ground = await groundOf(request, ended)
      const baseline = await baselineOf(request, ground)
      const plan = await sample(request, previewedMaking(request), ground)
      return {
        utterances: plan.utterances,
        plan: plan.figures,
        baseline: baseline.figures,
        difference: differenceOf(baseline, plan)
      }
    },
    close() {
      running?.abort()
      engine?.close()
    }
  }
}

/** Paired over the same recordings: what makes one of them hard is common to both models and cancels. */
function differenceOf(baseline: Sampled, plan: Sampled): RateDifferenceReport | null {
  const recorded = (trialId: string, { records }: Sampled) => ({
    trialId,
    records: new Map(records.map((record) => [record.utteranceId, record]))
  })
  const unit = { seed: bootstrapSeed, bootstrapUnit: 'utterance' } as const
  return pairedDifference(recorded('baseline', baseline), recorded('plan', plan), unit) ?? null
}

function nothingCounted(evaluationPath: string): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `'${evaluationPath}' has nothing to count errors by: choose recordings with transcripts or labels.`
  )
}
