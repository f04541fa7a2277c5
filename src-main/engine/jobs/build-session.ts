import { WorkbenchError } from '@contract/errors'
import type { Parity } from '@contract/trial'
import { canonicalJson } from '../../base/canonical-json'
import type { Clock } from '../../base/clock'
import type { MomentSum } from '../../compression/second-moment'
import { createBackendProducts, type BackendProducts } from '../../linalg/backend-products'
import { matrix } from '../../linalg/matrix'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { rewritableLayers } from '../../onnx/passes/rewrite-obstacle'
import type { InferenceBackend, ModelSource } from '../../runtime/inference-backend'
import type { SpeechModelDescription, SpeechRecognizer } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import type { TrialMaking } from '../../study/trial-spec'
import { decodeArrays, encodeArrays } from '../../workspace/array-file'
import { sha256Text } from '../../workspace/files'
import { openWorkspace, type Workspace } from '../../workspace/workspace'
import type { BuildParams } from '../protocol'
import type { JobContext } from '../serve'
import { calibrate, calibrationVersion } from './calibrate'
import { parityUtterances, recordParityReference, type ParityReference } from './check-parity'
import { describeDataset, openDataset, type Dataset } from './dataset'
import { openModel, requireDescription, type OpenedModel } from './open-model'

type LowRankMaking = Extract<TrialMaking, { kind: 'low-rank' }>

/**
 * What the builds of one study share: the opened model, its layers, the calibration set, statistics and reference
 * outputs. Each is made when first asked for, and once.
 */
export class BuildSession {
  readonly products: BackendProducts
  readonly workspace: Workspace
  readonly opened: OpenedModel
  readonly description: SpeechModelDescription
  readonly layers: readonly LinearLayer[]
  readonly #backend: InferenceBackend
  readonly #clock: Clock
  readonly #params: BuildParams
  #moments: Promise<ReadonlyMap<string, MomentSum>> | undefined
  #calibrationHash: Promise<string> | undefined
  #parity: Promise<ParityReference> | undefined
  readonly #fullRank = new Map<string, Promise<Parity>>()

  private constructor(opened: OpenedModel, backend: InferenceBackend, clock: Clock, params: BuildParams) {
    this.opened = opened
    this.description = requireDescription(opened)
    this.layers = locateLinearLayers(opened.model)
    this.products = createBackendProducts(backend, params.threads)
    this.workspace = openWorkspace(params.workspaceFolder)
    this.#backend = backend
    this.#clock = clock
    this.#params = params
    if (params.calibrationHash !== undefined) this.#calibrationHash = Promise.resolve(params.calibrationHash)
  }

  static async open(params: BuildParams, backend: InferenceBackend, clock: Clock): Promise<BuildSession> {
    return new BuildSession(await openModel(params.modelPath), backend, clock, params)
  }

  /** Whether `params` can be built in this session. */
  serves({
    modelPath,
    calibrationPath,
    calibrationHash,
    workspaceFolder,
    resample,
    threads
  }: BuildParams): boolean {
    const mine = this.#params
    return (
      modelPath === mine.modelPath &&
      calibrationPath === mine.calibrationPath &&
      calibrationHash === mine.calibrationHash &&
      workspaceFolder === mine.workspaceFolder &&
      resample === mine.resample &&
      threads === mine.threads
    )
  }

  get #resampleToHz(): number | undefined {
    return this.#params.resample ? this.description.sampleRateHz : undefined
  }

  get hasCalibrationSet(): boolean {
    return this.#params.calibrationPath !== undefined
  }

  recognizer(source: ModelSource): Promise<SpeechRecognizer> {
    const { threads } = this.#params
    return openSpeechModel(this.#backend, this.description, source, { threads, clock: this.#clock })
  }

  /** Identity of the calibration set's content. */
  calibrationHash(context: JobContext): Promise<string> {
    this.#calibrationHash ??= this.#calibrationSet().then(
      async () => (await describeDataset({ datasetPath: this.#params.calibrationPath! }, context)).datasetHash
    )
    return this.#calibrationHash
  }

  /** Second-moment sums by input value: from the cache, or one pass over the calibration set. */
  moments(context: JobContext): Promise<ReadonlyMap<string, MomentSum>> {
    this.#moments ??= this.#loadMoments(context)
    return this.#moments
  }

  /** The original's outputs on the first calibration utterances. */
  parityReference(): Promise<ParityReference> {
    this.#parity ??= this.#recordParity()
    return this.#parity
  }

  /**
   * The full-rank check of a method on a choice of layers: once for all its ranks and precisions. Nothing without a
   * calibration set to run it on.
   */
  async fullRankParity(making: LowRankMaking, check: () => Promise<Parity>): Promise<Parity[]> {
    if (!this.hasCalibrationSet) return []
    const { method, damping, excludeRoles, exclude } = making
    const key = canonicalJson({ method, damping, excludeRoles, exclude })
    const checked = this.#fullRank.get(key) ?? check()
    this.#fullRank.set(key, checked)
    return [await checked]
  }

  async release(): Promise<void> {
    await this.products.release()
    this.workspace.close()
  }

  async #calibrationSet(): Promise<Dataset> {
    const { calibrationPath } = this.#params
    if (calibrationPath === undefined) {
      throw new WorkbenchError(
        'invalid-input',
        'This method needs a calibration set; name one with --calibration.'
      )
    }
    return openDataset(calibrationPath)
  }

  async #loadMoments(context: JobContext): Promise<ReadonlyMap<string, MomentSum>> {
    const layers = rewritableLayers(this.opened.model, this.layers)
    const key = sha256Text(
      canonicalJson({
        version: calibrationVersion,
        modelHash: this.opened.modelHash,
        calibrationHash: await this.calibrationHash(context),
        values: layers.map(({ input }) => input)
      })
    )
    const cached = await this.workspace.cache.read('moments', key)
    if (cached !== undefined) return decodeMoments(cached)
    const recognizer = await this.recognizer({ kind: 'file', path: this.opened.file })
    try {
      const sums = await calibrate(
        {
          model: this.opened.model,
          layers,
          recognizer,
          dataset: await this.#calibrationSet(),
          resampleToHz: this.#resampleToHz,
          backend: this.#backend,
          products: this.products,
          threads: this.#params.threads
        },
        context
      )
      await this.workspace.cache.write('moments', key, encodeMoments(sums))
      return sums
    } finally {
      await recognizer.release()
    }
  }

  async #recordParity(): Promise<ParityReference> {
    const dataset = await this.#calibrationSet()
    const chosen = dataset.utterances.slice(0, parityUtterances)
    const audios = await Promise.all(chosen.map((utterance) => dataset.audio(utterance, this.#resampleToHz)))
    const original = await this.recognizer({ kind: 'file', path: this.opened.file })
    try {
      return await recordParityReference(original, audios)
    } finally {
      await original.release()
    }
  }
}

function encodeMoments(sums: ReadonlyMap<string, MomentSum>): Uint8Array {
  const rowCounts = Object.fromEntries([...sums].map(([value, { rowCount }]) => [value, rowCount]))
  const arrays = [...sums].flatMap(([value, { sum, rowSum }]) => [
    [`${value} products`, sum.data] as const,
    [`${value} sums`, rowSum] as const
  ])
  return encodeArrays({ rowCounts }, Object.fromEntries(arrays))
}

function decodeMoments(bytes: Uint8Array): ReadonlyMap<string, MomentSum> {
  const { header, arrays } = decodeArrays(bytes)
  const { rowCounts } = header as { rowCounts: Readonly<Record<string, number>> }
  return new Map(
    Object.entries(rowCounts).map(([value, rowCount]) => {
      const data = arrays[`${value} products`]
      const rowSum = arrays[`${value} sums`]
      if (!(data instanceof Float64Array && rowSum instanceof Float64Array)) {
        throw new WorkbenchError('io', `Cached statistics lack '${value}'; clear the workspace cache.`)
      }
      return [value, { sum: matrix(rowSum.length, rowSum.length, data), rowSum, rowCount }]
    })
  )
}
