/**
 * Makes the model of one trial: calibrate, factorise, allocate, rewrite, check, store.
 */
import { WorkbenchError } from '@contract/errors'
import type { BuiltModel, LayerDecision, Parity } from '@contract/trial'
import { applyLowRank } from '../../compression/apply-low-rank'
import type { LowRankFactors } from '../../compression/low-rank-factors'
import { applyInt8Dynamic, frontEndOutputs } from '../../compression/methods/int8-dynamic'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { retainedParameterFraction, type CompressionPlan } from '../../compression/plan'
import { planRanks } from '../../compression/plan-ranks'
import { indexGraph } from '../../onnx/graph-index'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { countParameters } from '../../onnx/parameters'
import { assertRewritable, rewritableLayers } from '../../onnx/passes/rewrite-obstacle'
import { encodeModel } from '../../onnx/serde/encode-model'
import { externalizeModel } from '../../onnx/serde/external-data'
import type { ModelSource } from '../../runtime/inference-backend'
import type { TrialMaking } from '../../study/trial-spec'
import type { StoredModel } from '../../workspace/model-store'
import type { BuildParams, EngineRequests } from '../protocol'
import type { JobContext } from '../serve'
import type { BuildSession } from './build-session'
import { checkParity } from './check-parity'
import { factorizeLayers } from './factorize'
import { macsPerAudioSecond } from './reference-input'

type LowRankMaking = Extract<TrialMaking, { kind: 'low-rank' }>

/** A model in memory with the plan that made it and what was checked on the way. */
interface Made {
  readonly model: Model
  readonly plan: CompressionPlan
  readonly parity: readonly Parity[]
}

/**
 * Builds and stores the model of `making`.
 *
 * Low-rank models are only made after the same factors at full rank were seen to reproduce the original on real audio;
 * every model must keep the graph's invariants and, loaded from where it is stored, give finite outputs.
 *
 * @throws WorkbenchError `numerical` when a check fails, `unsupported-model`, `invalid-input`.
 */
export async function buildModel(
  session: BuildSession,
  { making }: BuildParams,
  context: JobContext
): Promise<EngineRequests['model.build']['result']> {
  if (making.kind === 'baseline') return describeBaseline(session)
  const made = await make(session, making, context)
  assertInvariants(made.model)
  const stored = await storeModel(session, made.model)
  const finished = await checkFinishedModel(session, { kind: 'file', path: stored.path })
  return {
    ...describeBuilt(session, made, stored),
    parity: [...made.parity, ...finished],
    modelFile: stored.path
  }
}

function describeBaseline(session: BuildSession): EngineRequests['model.build']['result'] {
  const { model, file, modelHash, sizeBytes } = session.opened
  const made: Made = { model, plan: [], parity: [] }
  return { ...describeBuilt(session, made, { modelHash, sizeBytes }), modelFile: file }
}

function describeBuilt(
  session: BuildSession,
  { model, plan, parity }: Made,
  { modelHash, sizeBytes }: { readonly modelHash: string; readonly sizeBytes: number }
): BuiltModel {
  const macs = macsPerAudioSecond(model, session.description)
  return {
    modelHash,
    sizeBytes,
    retainedParameterFraction: retainedParameterFraction(plan),
    parameterCount: countParameters(model).parameterCount,
    macsPerAudioSecond: macs.total,
    macsReferenceSeconds: macs.referenceSeconds,
    plan: plan.map(describeDecision),
    parity: [...parity]
  }
}

function describeDecision({ layer, rank }: CompressionPlan[number]): LayerDecision {
  return {
    layerId: layer.id,
    role: layer.role,
    blockIndex: layer.blockIndex ?? null,
    inFeatures: layer.inFeatures,
    outFeatures: layer.outFeatures,
    rank: rank ?? null
  }
}

async function make(
  session: BuildSession,
  making: Exclude<TrialMaking, { kind: 'baseline' }>,
  context: JobContext
): Promise<Made> {
  const { model } = session.opened
  const frontEnd = frontEndOutputs(session.layers)
  if (making.kind === 'int8-dynamic') {
    return { model: applyInt8Dynamic(model, frontEnd), plan: [], parity: [] }
  }
  const layers = selectLayers(model, session.layers, making)
  const method = lowRankMethodTable[making.method]
  const factors = await factorizeLayers(
    {
      model,
      modelHash: session.opened.modelHash,
      layers,
      method,
      damping: making.damping,
      moments: () => session.moments(context),
      calibrationHash: method.needsCalibration ? await session.calibrationHash(context) : undefined,
      products: session.products,
      cache: session.workspace.cache
    },
    context
  )
  const parity = await session.fullRankParity(making, () => checkFullRank(session, layers, factors))
  const plan = planRanks(layers, factors, making)
  const lowRank = applyLowRank(model, plan, factors)
  return { model: making.precision === 'int8' ? applyInt8Dynamic(lowRank, frontEnd) : lowRank, plan, parity }
}

/** Where external data goes, as the field names it. */
const externalDataLocation = 'model.onnx.data'

/** Stores a model in one file, or with external data when the original has it: such models may not fit one file. */
async function storeModel({ workspace, opened }: BuildSession, model: Model): Promise<StoredModel> {
  if (opened.externalLocations.size === 0) return workspace.models.add(encodeModel(model))
  const externalized = externalizeModel(model, { location: externalDataLocation })
  return workspace.models.add(
    encodeModel(externalized.model),
    new Map([[externalDataLocation, externalized.chunks]])
  )
}

/**
 * The layers that a recipe compresses: those that it does not exclude and that can be rewritten. Layers in subgraphs
 * and layers that multiply in another type than float32 stay as they are.
 *
 * @throws WorkbenchError `invalid-input` for an excluded id that is not there or when nothing is left,
 * `unsupported-model` when no layer that is left can be rewritten.
 */
export function selectLayers(
  model: Model,
  layers: readonly LinearLayer[],
  { excludeRoles, exclude }: Pick<LowRankMaking, 'excludeRoles' | 'exclude'>
): LinearLayer[] {
  const ids = new Set(layers.map(({ id }) => id))
  const unknown = exclude.find((id) => !ids.has(id))
  if (unknown !== undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `The model has no linear layer '${unknown}' to exclude; 'lathe inspect' lists the layers.`
    )
  }
  const selected = layers.filter(({ id, role }) => !excludeRoles.includes(role) && !exclude.includes(id))
  if (selected.length === 0) {
    throw new WorkbenchError(
      'invalid-input',
      `No linear layer is left to compress: the model has ${layers.length}, with the roles ${[...new Set(layers.map(({ role }) => role))].join(', ')}; exclude fewer of them.`
    )
  }
  const rewritable = rewritableLayers(model, selected)
  // Nothing to do would look like success: say of one layer what is in the way.
  if (rewritable.length === 0) assertRewritable(indexGraph(model.graph), selected)
  return rewritable
}

/** Builds every layer as factors of full rank, which must be the original again. */
async function checkFullRank(
  session: BuildSession,
  layers: readonly LinearLayer[],
  factors: ReadonlyMap<string, LowRankFactors>
): Promise<Parity> {
  const plan = layers.map((layer) => ({ layer, rank: Math.min(layer.inFeatures, layer.outFeatures) }))
  const model = applyLowRank(session.opened.model, plan, factors)
  assertInvariants(model)
  const candidate = await session.recognizer({ kind: 'bytes', bytes: encodeModel(model) })
  try {
    return await checkParity(candidate, await session.parityReference(), 'full-rank')
  } finally {
    await candidate.release()
  }
}

/** Loads a finished model and runs it on real audio, where there is some. */
async function checkFinishedModel(session: BuildSession, source: ModelSource): Promise<Parity[]> {
  const candidate = await session.recognizer(source)
  try {
    if (!session.hasCalibrationSet) return []
    return [await checkParity(candidate, await session.parityReference(), 'finished-model')]
  } finally {
    await candidate.release()
  }
}
