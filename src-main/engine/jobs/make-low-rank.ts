import type { Parity } from '@contract/trial'
import { throwIfCancelled } from '../../base/abort'
import { canonicalJson } from '../../base/canonical-json'
import { applyCuts } from '../../compression/apply-low-rank'
import { cutPlan, storedCuts, type CutFactors, type StoredCut } from '../../compression/cut-factors'
import { layerMatrix } from '../../compression/layer-matrix'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { applyPrecision } from '../../compression/methods/precisions'
import type { CompressionPlan } from '../../compression/plan'
import { planRanks, type RankPlan } from '../../compression/plan-ranks'
import { selectLayers } from '../../compression/select-layers'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import type { LowRankMaking } from '../../study/trial-spec'
import { openScratchFile, type ScratchFile } from '../../workspace/scratch-file'
import type { BuildParams } from '../protocol'
import type { JobContext } from '../serve'
import { mergedMoments, type BuildSession } from './build-session'
import { checkParity } from './check-parity'
import { withDerivedModel } from './derived-model'
import { factorizeLayers } from './factorize'
import { layerParity, type FactorizedMatrix } from './layer-parity'
import { planFigures } from './plan-figures'
import { refitPlan } from './refit-plan'
import { sequentialFactors } from './sequential-calibration'
import { utteranceFeeds } from './utterance-feeds'

/** A model, its factors in a scratch file, with the plan that made it and what was checked on the way. */
export interface MadeModel {
  readonly model: Model
  readonly planned: RankPlan
  readonly parity: readonly Parity[]
}

/** What decides the factors of a choice of layers. */
export type FactorSettings = Pick<LowRankMaking, 'method' | 'damping' | 'selection'>

/**
 * Makes the low-rank model of `making`: factorise, check at full rank, choose ranks, cut, fit, rewrite, quantize.
 *
 * - `scratch`  where the factors are until the model is written: matrix by matrix they go there as they are made.
 *
 * @throws WorkbenchError `numerical` when the factors at full rank are not the original, and as each step.
 */
export async function makeLowRank(
  session: BuildSession,
  { making, evaluationThreads }: Pick<BuildParams, 'evaluationThreads'> & { readonly making: LowRankMaking },
  scratch: ScratchFile,
  context: JobContext
): Promise<MadeModel> {
  const { layers, factors } = await factorsOf(session, making, context)
  const { method, damping, selection } = making
  const about = { method, damping, selection: { ...selection } }
  const parity = session.hasCalibrationSet
    ? await session.fullRankParity(about, () => checkFullRank(session, { layers, factors }, context))
    : layerParity(factors.values())
  const planned = planRanks(
    await planFigures(session, making, { layers, factors, evaluationThreads }, context)
  )
  const cuts = await cutsOf(session, making, { layers, factors, planned, scratch }, context)
  const lowRank = applyCuts(session.model, planned.plan, cuts)
  return { model: applyPrecision(lowRank, making.precision, session.keepFloat), planned, parity }
}

/** The layers that are compressed and the factors of their matrices, whose spectra a plan can follow a slider with. */
export async function factorsOf(
  session: BuildSession,
  { method: name, damping, selection }: FactorSettings,
  context: JobContext
): Promise<{
  readonly layers: LinearLayer[]
  readonly factors: ReadonlyMap<string, FactorizedMatrix>
}> {
  const layers = selectLayers(session.model, session.layers, selection)
  const method = lowRankMethodTable[name]
  const key = canonicalJson({ method: name, damping, selection: { ...selection } })
  const factors = await session.factors(key, async () =>
    factorizeLayers(
      {
        model: session.model,
        modelHash: session.opened.modelHash,
        layers,
        method,
        damping,
        moments: () => session.moments(layers, context),
        calibrationHash: method.needsCalibration ? await session.calibrationHash(context) : undefined,
        products: session.products,
        cache: session.workspace.cache,
        checksLayers: !session.hasCalibrationSet
      },
      context
    )
  )
  return { layers, factors }
}

/** The factors of the chosen layers. */
interface Factorized {
  readonly layers: readonly LinearLayer[]
  readonly factors: ReadonlyMap<string, FactorizedMatrix>
}

/** The pairs that the plan stands for, fitted as the recipe asks. */
async function cutsOf(
  session: BuildSession,
  making: LowRankMaking,
  {
    planned: { plan },
    scratch,
    ...factorized
  }: Factorized & { readonly planned: RankPlan; readonly scratch: ScratchFile },
  context: JobContext
): Promise<ReadonlyMap<string, StoredCut>> {
  const { model, products } = session
  const { method, damping, refit, calibration } = making
  const question = { plan, ...factorized }
  if (calibration === 'original') return keepCuts(cutMatrices(session, making, question, context), scratch)
  const ranks = plan.map(({ layer, rank }) => [layer.id, rank ?? null])
  const key = canonicalJson({ method, damping, refit, ranks })
  // The same plan in another number format needs the same pairs.
  const sequential = await session.sequentialCuts(key, async () => {
    const initial = new Map<string, CutFactors>()
    for await (const cuts of cutMatrices(session, making, question, context)) {
      for (const [layerId, cut] of cuts) initial.set(layerId, cut)
    }
    const dataset = await session.calibrationSet()
    const { resampleToHz, backend } = session
    return session.withSoundInput((recognizer) =>
      sequentialFactors(
        {
          model,
          plan,
          method: lowRankMethodTable[method],
          cuts: initial,
          refit,
          damping,
          utterances: utteranceFeeds({ recognizer, dataset, resampleToHz }),
          backend,
          products,
          threads: session.params.threads,
          temporaryFolder: session.workspace.temporaryFolder
        },
        context
      )
    )
  })
  return keepCuts([sequential], scratch)
}

/** What a model stores of the cuts, written to `scratch` as they come. */
async function keepCuts(
  cuts: AsyncIterable<ReadonlyMap<string, CutFactors>> | Iterable<ReadonlyMap<string, CutFactors>>,
  scratch: ScratchFile
): Promise<Map<string, StoredCut>> {
  const kept = new Map<string, StoredCut>()
  for await (const some of cuts) {
    for (const [layerId, cut] of storedCuts(some, (values) => scratch.keep(values))) kept.set(layerId, cut)
  }
  return kept
}

/** The cuts of the plan by layer id, refitted where that is asked for, matrix by matrix so that one is in memory at a time. */
async function* cutMatrices(
  session: BuildSession,
  { refit, damping }: Pick<LowRankMaking, 'refit' | 'damping'>,
  { plan, layers, factors }: Factorized & { readonly plan: CompressionPlan },
  context: JobContext
): AsyncGenerator<ReadonlyMap<string, CutFactors>, void, undefined> {
  const { model, products } = session
  const moments = refit ? await session.moments(layers, context) : undefined
  const groups = Map.groupBy(
    plan.filter(({ rank }) => rank !== undefined),
    ({ layer }) => layerMatrix(layer)
  )
  let completed = 0
  for (const [key, planned] of groups) {
    throwIfCancelled(context.signal)
    const kept = factors.get(key)
    const whole = new Map(kept === undefined ? [] : [[key, await kept.read()]])
    const cuts = cutPlan(planned, whole)
    if (moments === undefined) yield cuts
    else {
      const momentsOf = (users: readonly LinearLayer[]) => mergedMoments(users, moments)
      yield await refitPlan({ model, plan: planned, cuts, momentsOf, damping, products }, context)
    }
    const stage = refit ? 'cut and refit' : 'cut'
    context.progress({ stage, completed: ++completed, total: groups.size, unit: 'weights' })
    await context.breathe()
  }
}

/** Builds every layer as factors of full rank, which must be the original again. */
async function checkFullRank(
  session: BuildSession,
  { layers, factors }: Factorized,
  context: JobContext
): Promise<Parity> {
  const plan = layers.map((layer) => ({ layer, rank: Math.min(layer.inFeatures, layer.outFeatures) }))
  const settings = { refit: false, damping: 0 }
  const scratch = openScratchFile(session.workspace.temporaryFolder)
  try {
    const cuts = cutMatrices(session, settings, { plan, layers, factors }, context)
    const model = applyCuts(session.model, plan, await keepCuts(cuts, scratch))
    assertInvariants(model)
    const { temporaryFolder } = session.workspace
    // Before the candidate is open: two large models need twice the memory.
    const reference = await session.parityReference()
    return await withDerivedModel(model, { temporaryFolder }, async (source) => {
      const candidate = await session.recognizer(source)
      try {
        const { backend } = session
        const suspect = { backend, recognizer: candidate, model: async () => model, temporaryFolder }
        return await checkParity(suspect, reference, 'full-rank')
      } finally {
        await candidate.release()
      }
    })
  } finally {
    scratch.close()
  }
}
