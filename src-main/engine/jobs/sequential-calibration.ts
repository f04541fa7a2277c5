/**
 * Calibration on the compressed model itself: each layer is fitted to what the layers before it, already compressed, hand on.
 *
 * Runs in the engine process. Ranks are an input: they come from the original's spectra.
 */
import { WorkbenchError } from '@contract/errors'
import { throwIfCancelled } from '../../base/abort'
import { applyCuts } from '../../compression/apply-low-rank'
import { storedCuts, type CutFactors } from '../../compression/cut-factors'
import { hasInputRows, layerInputKey, layerInputRows } from '../../compression/layer-inputs'
import { layerMatrix } from '../../compression/layer-matrix'
import { layerStages } from '../../compression/layer-stages'
import type { LowRankMethod } from '../../compression/methods/low-rank-method'
import { PairedMomentAccumulator, type PairedMoments } from '../../compression/paired-moments'
import type { CompressionPlan } from '../../compression/plan'
import { refitFactors } from '../../compression/refit'
import { regressFactors } from '../../compression/sequential'
import type { BackendProducts } from '../../linalg/backend-products'
import { matrix } from '../../linalg/matrix'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import { extractSubgraph } from '../../onnx/passes/extract-subgraph'
import type { InferenceBackend, InferenceSession, RuntimeTensor } from '../../runtime/inference-backend'
import type { JobContext } from '../serve'
import { withSession } from './derived-model'
import { onLayer } from './on-layer'
import type { UtteranceFeeds } from './utterance-feeds'

/** Raised when the same inputs would give other factors. */
export const sequentialVersion = 2

export interface SequentialInputs {
  readonly model: Model
  readonly plan: CompressionPlan
  readonly method: LowRankMethod
  /** The cuts of a calibration on the original, by layer id: `cutPlan`, or `refitPlan` of that. */
  readonly cuts: ReadonlyMap<string, CutFactors>
  /** Whether `up` and a shift are fitted once `down` is known. Methods that look at weights are always refitted. */
  readonly refit: boolean
  readonly damping: number
  readonly utterances: UtteranceFeeds
  readonly backend: InferenceBackend
  readonly products: BackendProducts
  readonly threads: number
  /** As `DerivedModelOptions` has it. */
  readonly temporaryFolder?: string | undefined
}

/**
 * The cuts of every planned layer, by layer id, each fitted to imitate the original's outputs from the inputs x′ that
 * the layer gets in the model as compressed up to it.
 *
 * Layers are taken in stages (`layerStages`). For each stage the set is run through both models as far as the stage's
 * inputs, one utterance at a time, and only sums are kept. Methods that look at outputs find their directions again for
 * x′; the others keep `down`. Embeddings, which have no input rows, and matrices that several planned layers share, which
 * must serve inputs of several stages, keep the cuts that they came with.
 *
 * @throws WorkbenchError `numerical` naming the layer when an input or a factor is not finite, `cancelled`.
 */
export async function sequentialFactors(
  inputs: SequentialInputs,
  context: JobContext
): Promise<Map<string, CutFactors>> {
  const { model, plan } = inputs
  const fitted = layersToFit(plan)
  const cuts = new Map(inputs.cuts)
  /** Ids of layers that are compressed in what later stages see. */
  const compressed = new Set(plan.flatMap(({ layer }) => (fitted.has(layer) ? [] : [layer.id])))
  const stages = layerStages(model, [...fitted])
  for (const [index, layers] of stages.entries()) {
    const soFar = plan.filter(({ layer }) => compressed.has(layer.id))
    const candidate = soFar.every(({ rank }) => rank === undefined)
      ? model
      : applyCuts(model, soFar, storedCuts(cuts))
    const stage: Stage = { layers, number: index + 1, count: stages.length }
    const moments = await stageMoments(inputs, candidate, stage, context)
    for (const layer of layers) {
      throwIfCancelled(context.signal)
      const cut = await onLayer(layer, () => fitLayer(layer, moments.get(layerInputKey(layer))!, inputs))
      cuts.set(layer.id, cut)
      compressed.add(layer.id)
      await context.breathe()
    }
  }
  return cuts
}

/** Planned layers with rows of input and a matrix of their own. */
function layersToFit(plan: CompressionPlan): Set<LinearLayer> {
  const planned = plan.flatMap(({ layer, rank }) => (rank === undefined ? [] : [layer]))
  const users = Map.groupBy(planned, layerMatrix)
  return new Set(
    planned.filter((layer) => hasInputRows(layer) && users.get(layerMatrix(layer))!.length === 1)
  )
}

interface Stage {
  readonly layers: readonly LinearLayer[]
  /** From 1 to `count`, for progress. */
  readonly number: number
  readonly count: number
}

/** The paired moments of the inputs of a stage, by `layerInputKey`. */
async function stageMoments(
  inputs: SequentialInputs,
  candidate: Model,
  { layers, number, count }: Stage,
  context: JobContext
): Promise<Map<string, PairedMoments>> {
  const { model, utterances, products } = inputs
  const readers = new Map(layers.map((layer) => [layerInputKey(layer), layer]))
  const accumulators = new Map(
    [...readers].map(([key, { inFeatures }]) => [key, new PairedMomentAccumulator(inFeatures, products)])
  )
  const values = [...new Set(layers.map(({ input }) => input))]
  const prefixOf = (whole: Model) => extractSubgraph(whole, { outputs: values })
  const accumulate = async (original: InferenceSession, imitating: InferenceSession | undefined) => {
    for (let index = 0; index < utterances.count; index++) {
      throwIfCancelled(context.signal)
      const feeds = await utterances.feeds(index)
      const wanted = await runPrefix(original, feeds)
      const imitation = imitating === undefined ? wanted : await runPrefix(imitating, feeds)
      for (const [key, layer] of readers) {
        await onLayer(layer, () =>
          addRows(accumulators.get(key)!, layer, imitation[layer.input], wanted[layer.input])
        )
      }
      context.progress({
        stage: `calibrate stage ${number} of ${count} on ${utterances.name}`,
        completed: index + 1,
        total: utterances.count,
        unit: 'utterances'
      })
      await context.breathe()
    }
  }
  await withSession(inputs, prefixOf(model), (original) =>
    candidate === model
      ? accumulate(original, undefined)
      : withSession(inputs, prefixOf(candidate), (imitating) => accumulate(original, imitating))
  )
  const moments = new Map<string, PairedMoments>()
  for (const [key, accumulator] of accumulators) {
    moments.set(key, await onLayer(readers.get(key)!, () => accumulator.finish()))
  }
  return moments
}

/** A prefix may not need every input of the whole model. */
function runPrefix(
  session: InferenceSession,
  feeds: Readonly<Record<string, RuntimeTensor>>
): ReturnType<InferenceSession['run']> {
  const needed = new Set(session.inputs.map(({ name }) => name))
  return session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => needed.has(name))))
}

async function addRows(
  accumulator: PairedMomentAccumulator,
  layer: LinearLayer,
  imitation: RuntimeTensor | undefined,
  original: RuntimeTensor | undefined
): Promise<void> {
  const chunks = layerInputRows(original, layer)[Symbol.iterator]()
  for (const rows of layerInputRows(imitation, layer)) {
    const next = chunks.next()
    await accumulator.add(rows, next.done === true ? new Float32Array() : next.value)
  }
}

async function fitLayer(
  layer: LinearLayer,
  moments: PairedMoments,
  { model, method, cuts, refit, damping, products }: SequentialInputs
): Promise<CutFactors> {
  const { in: rows, out: columns, data } = readWeight(model, layer)
  const weight = matrix(rows, columns, data)
  const before = cuts.get(layer.id)
  if (before === undefined) throw new WorkbenchError('internal', 'The layer came without factors.')
  const isCentred = method.minimises === 'centred-outputs'
  const directed =
    method.minimises === 'weights'
      ? before
      : await regressFactors(weight, { rank: before.down.columns, moments, isCentred, damping, products })
  const isRefitted = refit || method.minimises === 'weights'
  const cut = isRefitted
    ? await refitFactors(directed, { weight, moments, fitsShift: true, damping, products })
    : directed
  if (!cut.up.data.every(Number.isFinite) || !cut.down.data.every(Number.isFinite)) {
    throw new WorkbenchError('numerical', 'The fit gave values that are not finite; raise the damping.')
  }
  return cut
}
