import { WorkbenchError } from '@contract/errors'
import type { Parity } from '@contract/trial'
import { canonicalJson, type Json } from '../../base/canonical-json'
import type { Clock } from '../../base/clock'
import { Memo } from '../../base/memo'
import type { CutFactors } from '../../compression/cut-factors'
import { hasInputRows, layerInputKey } from '../../compression/layer-inputs'
import { frontEndOutputs } from '../../compression/methods/int8-dynamic'
import type { ModelCosts } from '../../compression/pricing'
import { mergeMomentSums, type MomentSum } from '../../compression/second-moment'
import { createBackendProducts, type BackendProducts } from '../../linalg/backend-products'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { unpackProjections } from '../../onnx/passes/unpack-projections'
import type { InferenceBackend, ModelSource } from '../../runtime/inference-backend'
import type { SpeechModelDescription, SpeechRecognizer } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import { openSoundInput, type SoundInput } from '../../speech/families/sound-input'
import { sha256Text } from '../../workspace/files'
import { openWorkspace, type Workspace } from '../../workspace/workspace'
import type { SessionParams } from '../protocol'
import type { JobContext } from '../serve'
import { calibrate, calibrationVersion } from './calibrate'
import { parityUtterances, recordParityReference, type ParityReference } from './check-parity'
import { describeDataset, openDataset, readableDataset, type Dataset } from './dataset'
import type { FactorizedMatrix } from './layer-parity'
import { spread } from './model-walk'
import { decodeMoments, encodeMoments } from './moment-file'
import { openModel, requireDescription, type OpenedModel } from './open-model'

/**
 * What the builds of one study share: the opened model, its layers, the calibration set, statistics and reference
 * outputs. Each is made when first asked for, and once.
 */
export class BuildSession {
  readonly products: BackendProducts
  readonly workspace: Workspace
  readonly backend: InferenceBackend
  readonly clock: Clock
  readonly params: SessionParams
  readonly opened: OpenedModel
  /** The opened model with packed projections taken apart: the same function, every layer by itself. */
  readonly model: Model
  /** Of `model`. */
  readonly layers: readonly LinearLayer[]
  /** Outputs of nodes that stay float32 in every number format. */
  readonly keepFloat: ReadonlySet<string>
  readonly #moments = new Memo<ReadonlyMap<string, MomentSum>>()
  readonly #hashes = new Memo<string>()
  readonly #datasets = new Memo<Dataset>()
  readonly #references = new Memo<ParityReference>()
  readonly #fullRank = new Memo<Parity>()
  readonly #sequential = new Memo<ReadonlyMap<string, CutFactors>>()
  readonly #factors = new Memo<ReadonlyMap<string, FactorizedMatrix>>()
  readonly #costs = new Memo<ModelCosts>()

  private constructor(opened: OpenedModel, backend: InferenceBackend, clock: Clock, params: SessionParams) {
    this.opened = opened
    this.model = unpackProjections(opened.model).model
    this.layers = locateLinearLayers(this.model)
    this.keepFloat = frontEndOutputs(this.layers)
    this.products = createBackendProducts(backend, params.threads)
    this.workspace = openWorkspace(params.workspaceFolder)
    this.backend = backend
    this.clock = clock
    this.params = params
  }

  static async open(params: SessionParams, backend: InferenceBackend, clock: Clock): Promise<BuildSession> {
    return new BuildSession(await openModel(params.modelPath), backend, clock, params)
  }

  /** Whether `params` can be served by this session. */
  serves(params: SessionParams): boolean {
    return sessionKey(params) === sessionKey(this.params)
  }

  /** How the model is driven. @throws WorkbenchError `unsupported-model` with the reason when no family recognises it. */
  get description(): SpeechModelDescription {
    return requireDescription(this.opened)
  }

  get resampleToHz(): number | undefined {
    return this.params.resample ? this.description.sampleRateHz : undefined
  }

  get hasCalibrationSet(): boolean {
    return this.params.calibrationPath !== undefined
  }

  recognizer(source: ModelSource): Promise<SpeechRecognizer> {
    const { threads } = this.params
    return openSpeechModel(this.backend, this.description, source, { threads, clock: this.clock })
  }

  /** Runs `work` with the original model, which is closed again. */
  async withOriginal<T>(work: (recognizer: SpeechRecognizer) => Promise<T>): Promise<T> {
    const recognizer = await this.recognizer({ kind: 'file', path: this.opened.file })
    try {
      return await work(recognizer)
    } finally {
      await recognizer.release()
    }
  }

  /** Runs `work` with what turns audio into the original's input, without the original. */
  async withSoundInput<T>(work: (input: SoundInput<SpeechModelDescription>) => Promise<T>): Promise<T> {
    const input = await openSoundInput(this.backend, this.description, this.params)
    try {
      return await work(input)
    } finally {
      await input.release()
    }
  }

  /** Without the recordings that cannot be read, where they may be left out. */
  calibrationSet(): Promise<Dataset> {
    const { calibrationPath, calibrationRecordings, skipUnreadable } = this.params
    if (calibrationPath === undefined) {
      throw new WorkbenchError(
        'invalid-input',
        'This method needs a calibration set; name one with --calibration.'
      )
    }
    return this.#datasets.get('calibration', async () => {
      const whole = await openDataset(calibrationPath, skipUnreadable)
      const dataset = skipUnreadable ? await readableDataset(whole, this.resampleToHz) : whole
      if (calibrationRecordings === undefined) return dataset
      return { ...dataset, utterances: spread(dataset.utterances, calibrationRecordings) }
    })
  }

  /** Identity of the calibration set's content. */
  calibrationHash(context: JobContext): Promise<string> {
    return this.#hashes.get('calibration', async () => {
      const { calibrationPath, calibrationHash, skipUnreadable } = this.params
      if (calibrationHash !== undefined) return calibrationHash
      await this.calibrationSet()
      return (await describeDataset({ datasetPath: calibrationPath!, skipUnreadable }, context)).datasetHash
    })
  }

  /** Sums over the inputs of `layers`, by `layerInputKey`: from the cache, or one pass over the calibration set. */
  async moments(
    layers: readonly LinearLayer[],
    context: JobContext
  ): Promise<ReadonlyMap<string, MomentSum>> {
    const withRows = layers.filter(hasInputRows)
    const key = await this.cacheKey(
      { version: calibrationVersion, values: [...new Set(withRows.map(layerInputKey))].sort() },
      context
    )
    return this.#moments.get(key, async () => {
      const { cache } = this.workspace
      const cached = await cache.read('moments', key)
      if (cached !== undefined) return decodeMoments(cached)
      const sums = await this.#calibrate(withRows, context)
      await cache.write('moments', key, encodeMoments(sums))
      return sums
    })
  }

  /** The key of something that depends on the model, the calibration set and `others`. */
  async cacheKey(
    others: { readonly [name: string]: Json | undefined },
    context: JobContext
  ): Promise<string> {
    const calibrationHash = this.hasCalibrationSet ? await this.calibrationHash(context) : null
    const { calibrationRecordings } = this.params
    return sha256Text(
      canonicalJson({ ...others, modelHash: this.opened.modelHash, calibrationHash, calibrationRecordings })
    )
  }

  /** The original's outputs on the first calibration utterances. */
  parityReference(): Promise<ParityReference> {
    return this.#references.get('original', async () => {
      const dataset = await this.calibrationSet()
      const chosen = dataset.utterances.slice(0, parityUtterances)
      const audios = await Promise.all(chosen.map((utterance) => dataset.audio(utterance, this.resampleToHz)))
      return this.withOriginal((recognizer) => {
        const { temporaryFolder } = this.workspace
        const model = async () => this.opened.model
        const original = { backend: this.backend, recognizer, model, temporaryFolder }
        return recordParityReference(original, audios)
      })
    })
  }

  /**
   * The full-rank check of a method on a choice of layers, `about`: once for all ranks and precisions. Nothing without a
   * calibration set to run it on: layers are then checked one by one (`layer-parity.ts`).
   */
  async fullRankParity(about: Json, check: () => Promise<Parity>): Promise<Parity[]> {
    if (!this.hasCalibrationSet) return []
    return [await this.#fullRank.get(canonicalJson(about), check)]
  }

  /** Pairs that were fitted layer after layer, once per `key`: what was planned, and how. */
  sequentialCuts(
    key: string,
    make: () => Promise<ReadonlyMap<string, CutFactors>>
  ): Promise<ReadonlyMap<string, CutFactors>> {
    return this.#sequential.get(key, make)
  }

  /** Factors, once per `key`: what they are of. Only their spectra are in memory, being small, for plans to follow a slider. */
  factors(
    key: string,
    make: () => Promise<ReadonlyMap<string, FactorizedMatrix>>
  ): Promise<ReadonlyMap<string, FactorizedMatrix>> {
    return this.#factors.get(key, make)
  }

  /** What was counted of the model, once per `key`: in which unit and number format. */
  costs(key: string, count: () => ModelCosts): Promise<ModelCosts> {
    return this.#costs.get(key, async () => count())
  }

  async release(): Promise<void> {
    await this.products.release()
    this.workspace.close()
  }

  async #calibrate(layers: readonly LinearLayer[], context: JobContext): Promise<Map<string, MomentSum>> {
    const dataset = await this.calibrationSet()
    return this.withSoundInput((recognizer) =>
      calibrate(
        {
          model: this.model,
          layers,
          recognizer,
          dataset,
          resampleToHz: this.resampleToHz,
          backend: this.backend,
          products: this.products,
          threads: this.params.threads,
          temporaryFolder: this.workspace.temporaryFolder
        },
        context
      )
    )
  }
}

/** The sums over the inputs of all `users` of one matrix, which must serve all of them. */
export function mergedMoments(
  users: readonly LinearLayer[],
  moments: ReadonlyMap<string, MomentSum>
): MomentSum {
  return [...new Set(users.filter(hasInputRows).map(layerInputKey))]
    .map((key) => {
      const sums = moments.get(key)
      if (sums === undefined) throw new WorkbenchError('internal', `The value '${key}' was not calibrated.`)
      return sums
    })
    .reduce(mergeMomentSums)
}

function sessionKey(params: SessionParams): string {
  const { modelPath, calibrationPath, calibrationHash, workspaceFolder, resample, skipUnreadable, threads } =
    params
  return canonicalJson([
    modelPath,
    calibrationPath ?? null,
    calibrationHash ?? null,
    params.calibrationRecordings ?? null,
    workspaceFolder,
    resample,
    skipUnreadable,
    threads
  ])
}
