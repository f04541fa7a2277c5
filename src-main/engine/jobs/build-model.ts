/**
 * Makes the model of one trial: calibrate, factorise, allocate, rewrite, check, store.
 */
import type { ReducedPrecision } from '@contract/recipe'
import type { BuiltModel, LayerDecision, Parity } from '@contract/trial'
import { applyPrecision } from '../../compression/methods/precisions'
import { retainedParameterFraction, type CompressionPlan } from '../../compression/plan'
import type { RankPlan } from '../../compression/plan-ranks'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { countParameters } from '../../onnx/parameters'
import { fuseAttention } from '../../onnx/passes/fuse-attention'
import { weightsAsInputs } from '../../onnx/passes/weights-as-inputs'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { ModelSource } from '../../runtime/inference-backend'
import { isLargeModel } from '../../study/large-model'
import type { Finishing } from '../../study/trial-spec'
import { openModelStore, type StoredModel } from '../../workspace/model-store'
import { openScratchFile } from '../../workspace/scratch-file'
import type { BuildParams, EngineRequests } from '../protocol'
import type { JobContext } from '../serve'
import type { BuildSession } from './build-session'
import { checkParity } from './check-parity'
import { makeLowRank, type MadeModel } from './make-low-rank'
import { macsPerAudioSecond, macsReferenceSeconds } from './reference-input'
import { storeModel } from './store-model'

/**
 * Builds and stores the model of `making`.
 *
 * Low-rank models are only made after the same factors at full rank were seen to reproduce the original, on real audio or,
 * where none was given, layer by layer. Every model must keep the graph's invariants and load; with audio it must give finite
 * outputs from where it is stored. A model that no family recognises needs no audio for that.
 *
 * @throws WorkbenchError `numerical` when a check fails, `unsupported-model`, `invalid-input`.
 */
export async function buildModel(
  session: BuildSession,
  { making, evaluationThreads, modelsFolder }: BuildParams,
  context: JobContext
): Promise<EngineRequests['model.build']['result']> {
  if (making.kind === 'baseline') return describeBaseline(session)
  const scratch = openScratchFile(session.workspace.temporaryFolder)
  try {
    const made = finishModel(
      making.kind === 'quantize'
        ? quantized(session, making.precision)
        : await makeLowRank(session, { making, evaluationThreads }, scratch, context),
      making
    )
    assertInvariants(made.model)
    const models =
      modelsFolder === undefined ? session.workspace.models : openModelStore(modelsFolder, modelsFolder)
    const stored = await storeModel({ workspace: { models }, opened: session.opened }, made.model)
    const finished = await checkFinishedModel(session, made.model, stored)
    return {
      ...describeBuilt(session, made, stored),
      parity: [...made.parity, ...finished],
      modelFile: stored.path
    }
  } finally {
    scratch.close()
  }
}

/** What is smaller stays in the graph: shapes and scalars decide what is computed. */
const smallestInputBytes = 2 ** 10

type Made = Pick<MadeModel, 'model' | 'parity'> & { readonly planned?: RankPlan }

function describeBaseline(session: BuildSession): EngineRequests['model.build']['result'] {
  const { model, file, modelHash, sizeBytes } = session.opened
  return { ...describeBuilt(session, { model, parity: [] }, { modelHash, sizeBytes }), modelFile: file }
}

/** The model as it was given, packed projections included, in another number format. */
function quantized({ opened, keepFloat }: BuildSession, precision: ReducedPrecision): Made {
  return { model: applyPrecision(opened.model, precision, keepFloat), parity: [] }
}

function finishModel(made: Made, { fuseAttention: isFused }: Finishing): Made {
  return isFused === true ? { ...made, model: fuseAttention(made.model).model } : made
}

function describeBuilt(
  session: BuildSession,
  { model, planned, parity }: Made,
  { modelHash, sizeBytes }: { readonly modelHash: string; readonly sizeBytes: number }
): BuiltModel {
  const { description } = session.opened
  const macs = description === undefined ? undefined : macsPerAudioSecond(model, description)
  const plan = planned?.plan ?? []
  return {
    modelHash,
    sizeBytes,
    retainedParameterFraction: retainedParameterFraction(plan),
    parameterCount: countParameters(model).parameterCount,
    macsPerAudioSecond: macs?.total ?? null,
    macsReferenceSeconds: macs?.referenceSeconds ?? macsReferenceSeconds,
    plan: plan.map(describeDecision),
    ...(planned === undefined ? {} : { planOrigin: planOrigin(planned) }),
    parity: [...parity],
    buildThreads: session.params.threads
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

/** Loads a finished model and runs it on real audio, where there is some. Of a large one without audio only the graph loads. */
async function checkFinishedModel(
  session: BuildSession,
  model: Model,
  { path, sizeBytes }: Pick<StoredModel, 'path' | 'sizeBytes'>
): Promise<Parity[]> {
  if (!session.hasCalibrationSet) {
    const source: ModelSource = isLargeModel(sizeBytes)
      ? { kind: 'bytes', bytes: encodeModel(weightsAsInputs(model, smallestInputBytes).model) }
      : { kind: 'file', path }
    const loaded = await session.backend.open(source, { threads: session.params.threads })
    await loaded.release()
    return []
  }
  // Before the candidate is open: two large models need twice the memory.
  const reference = await session.parityReference()
  const candidate = await session.recognizer({ kind: 'file', path })
  try {
    const { temporaryFolder } = session.workspace
    const { backend } = session
    const suspect = { backend, recognizer: candidate, model: async () => model, temporaryFolder }
    return [await checkParity(suspect, reference, 'finished-model')]
  } finally {
    await candidate.release()
  }
}
