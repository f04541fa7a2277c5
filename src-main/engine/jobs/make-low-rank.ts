import type { Parity } from '@contract/trial'
import { canonicalJson } from '../../base/canonical-json'
import { applyCuts, applyLowRank } from '../../compression/apply-low-rank'
import { cutPlan, type CutFactors } from '../../compression/cut-factors'
import type { LowRankFactors } from '../../compression/low-rank-factors'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { applyPrecision } from '../../compression/methods/precisions'
import { planRanks, type RankPlan } from '../../compression/plan-ranks'
import { selectLayers } from '../../compression/select-layers'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { LowRankMaking } from '../../study/trial-spec'
import type { JobContext } from '../serve'
import { mergedMoments, type BuildSession, type Spectra } from './build-session'
import { checkParity } from './check-parity'
import { factorizeLayers } from './factorize'
import { planFigures } from './plan-figures'
import { refitPlan } from './refit-plan'
import { sequentialFactors } from './sequential-calibration'
import { utteranceFeeds } from './utterance-feeds'

/** A model in memory with the plan that made it and what was checked on the way. */
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
 * @throws WorkbenchError `numerical` when the factors at full rank are not the original, and as each step.
 */
export async function makeLowRank(
  session: BuildSession,
  making: LowRankMaking,
  evaluationThreads: number,
  context: JobContext
): Promise<MadeModel> {
  const { layers, factors } = await factorsOf(session, making, context)
  const { method, damping, selection } = making
  const about = { method, damping, selection: { ...selection } }
  const parity = await session.fullRankParity(about, () => checkFullRank(session, layers, factors))
  const planned = planRanks(
    await planFigures(
      session,
      making,
      { layers, spectra: factors, factors: async () => factors, evaluationThreads },
      context
    )
  )
  const cuts = await cutsOf(session, making, { layers, factors, planned }, context)
  const lowRank = applyCuts(session.model, planned.plan, cuts)
  return { model: applyPrecision(lowRank, making.precision, session.keepFloat), planned, parity }
}

/** The layers that are compressed and the factors of their matrices. */
export async function factorsOf(
  session: BuildSession,
  { method: name, damping, selection }: FactorSettings,
  context: JobContext
): Promise<{ readonly layers: LinearLayer[]; readonly factors: ReadonlyMap<string, LowRankFactors> }> {
  const layers = selectLayers(session.model, session.layers, selection)
  const method = lowRankMethodTable[name]
  const factors = await factorizeLayers(
    {
      model: session.model,
      modelHash: session.opened.modelHash,
      layers,
      method,
      damping,
      moments: () => session.moments(layers, context),
      calibrationHash: method.needsCalibration ? await session.calibrationHash(context) : undefined,
      products: session.products,
      cache: session.workspace.cache
    },
    context
  )
  return { layers, factors }
}

/**
 * The layers that are compressed and the spectra of their matrices. Factors are read the first time only, so that a plan
 * can follow a slider.
 */
export async function spectraOf(
  session: BuildSession,
  settings: FactorSettings,
  context: JobContext
): Promise<{ readonly layers: LinearLayer[]; readonly spectra: Spectra }> {
  const { method, damping, selection } = settings
  const key = canonicalJson({ method, damping, selection: { ...selection } })
  const spectra = await session.spectra(key, async () => {
    const { factors } = await factorsOf(session, settings, context)
    return new Map([...factors].map(([matrix, { singularValues }]) => [matrix, { singularValues }]))
  })
  return { layers: selectLayers(session.model, session.layers, selection), spectra }
}

/** The pairs that the plan stands for, fitted as the recipe asks. */
async function cutsOf(
  session: BuildSession,
  { method, damping, refit, calibration }: LowRankMaking,
  {
    layers,
    factors,
    planned: { plan }
  }: {
    readonly layers: readonly LinearLayer[]
    readonly factors: ReadonlyMap<string, LowRankFactors>
    readonly planned: RankPlan
  },
  context: JobContext
): Promise<ReadonlyMap<string, CutFactors>> {
  const { model, products } = session
  let cuts: ReadonlyMap<string, CutFactors> = cutPlan(plan, factors)
  if (refit) {
    const moments = await session.moments(layers, context)
    const momentsOf = (users: readonly LinearLayer[]) => mergedMoments(users, moments)
    cuts = await refitPlan({ model, plan, cuts, momentsOf, damping, products }, context)
  }
  if (calibration === 'original') return cuts
  const ranks = plan.map(({ layer, rank }) => [layer.id, rank ?? null])
  const key = canonicalJson({ method, damping, refit, ranks })
  const initial = cuts
  // The same plan in another number format needs the same pairs.
  return session.sequentialCuts(key, async () => {
    const dataset = await session.calibrationSet()
    const { resampleToHz, backend } = session
    return session.withOriginal((recognizer) =>
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
          threads: session.params.threads
        },
        context
      )
    )
  })
}

/** Builds every layer as factors of full rank, which must be the original again. */
async function checkFullRank(
  session: BuildSession,
  layers: readonly LinearLayer[],
  factors: ReadonlyMap<string, LowRankFactors>
): Promise<Parity> {
  const plan = layers.map((layer) => ({ layer, rank: Math.min(layer.inFeatures, layer.outFeatures) }))
  const model = applyLowRank(session.model, plan, factors)
  assertInvariants(model)
  const candidate = await session.recognizer({ kind: 'bytes', bytes: encodeModel(model) })
  try {
    return await checkParity(candidate, await session.parityReference(), 'full-rank')
  } finally {
    await candidate.release()
  }
}
