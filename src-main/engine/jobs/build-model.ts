/**
 * Makes the model of one trial: calibrate, factorise, allocate, rewrite, check, store.
 */
import type { ReducedPrecision } from '@contract/recipe'
import type { BuiltModel, LayerDecision, Parity } from '@contract/trial'
import { applyPrecision } from '../../compression/methods/precisions'
import { retainedParameterFraction, type CompressionPlan } from '../../compression/plan'
import type { RankPlan } from '../../compression/plan-ranks'
import { assertInvariants } from '../../onnx/invariants'
import { countParameters } from '../../onnx/parameters'
import type { ModelSource } from '../../runtime/inference-backend'
import { openModelStore } from '../../workspace/model-store'
import type { BuildParams, EngineRequests } from '../protocol'
import type { JobContext } from '../serve'
import type { BuildSession } from './build-session'
import { checkParity } from './check-parity'
import { makeLowRank, type MadeModel } from './make-low-rank'
import { macsPerAudioSecond } from './reference-input'
import { storeModel } from './store-model'

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
  { making, evaluationThreads, modelsFolder }: BuildParams,
  context: JobContext
): Promise<EngineRequests['model.build']['result']> {
  if (making.kind === 'baseline') return describeBaseline(session)
  const made =
    making.kind === 'quantize'
      ? quantized(session, making.precision)
      : await makeLowRank(session, making, evaluationThreads, context)
  assertInvariants(made.model)
  const models =
    modelsFolder === undefined ? session.workspace.models : openModelStore(modelsFolder, modelsFolder)
  const stored = await storeModel({ workspace: { models }, opened: session.opened }, made.model)
  const finished = await checkFinishedModel(session, { kind: 'file', path: stored.path })
  return {
    ...describeBuilt(session, made, stored),
    parity: [...made.parity, ...finished],
    modelFile: stored.path
  }
}

type Made = Pick<MadeModel, 'model' | 'parity'> & { readonly planned?: RankPlan }

function describeBaseline(session: BuildSession): EngineRequests['model.build']['result'] {
  const { model, file, modelHash, sizeBytes } = session.opened
  return { ...describeBuilt(session, { model, parity: [] }, { modelHash, sizeBytes }), modelFile: file }
}

/** The model as it was given, packed projections included, in another number format. */
function quantized({ opened, keepFloat }: BuildSession, precision: ReducedPrecision): Made {
  return { model: applyPrecision(opened.model, precision, keepFloat), parity: [] }
}

function describeBuilt(
  session: BuildSession,
  { model, planned, parity }: Made,
  { modelHash, sizeBytes }: { readonly modelHash: string; readonly sizeBytes: number }
): BuiltModel {
  const macs = macsPerAudioSecond(model, session.description)
  const plan = planned?.plan ?? []
  return {
    modelHash,
    sizeBytes,
    retainedParameterFraction: retainedParameterFraction(plan),
    parameterCount: countParameters(model).parameterCount,
    macsPerAudioSecond: macs.total,
    macsReferenceSeconds: macs.referenceSeconds,
    plan: plan.map(describeDecision),
    ...(planned === undefined ? {} : { planOrigin: planOrigin(planned) }),
    parity: [...parity]
  }
}

function planOrigin({ policy, budget, predicted }: RankPlan): NonNullable<BuiltModel['planOrigin']> {
  return { policy, budget, predicted }
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
