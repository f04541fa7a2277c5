/**
 * Runs models that were made out of others for this one purpose: with values exposed, cut into pieces, at full rank. A large
 * one goes to a file with its weights beside it, from where ONNX Runtime maps them, because one message holds 2 GiB at
 * most; a small one, which is made again and again, stays in memory.
 */
import type { Model } from '../../onnx/ir/model'
import { encodedSizeBytes, encodeModel } from '../../onnx/serde/encode-model'
import type {
  InferenceBackend,
  InferenceSession,
  ModelSource,
  SessionOptions
} from '../../runtime/inference-backend'
import { isLargeModel } from '../../study/large-model'
import { writeScratchModel } from '../../workspace/scratch-model'

export interface DerivedModelOptions {
  readonly backend: InferenceBackend
  readonly threads: number
  /** Where a large model goes for as long as it is run. Left out: it stays in memory too. */
  readonly temporaryFolder?: string | undefined
}

/** Hands `model` to `work` as something that a backend opens; what was written for that is removed afterwards. */
export async function withDerivedModel<T>(
  model: Model,
  { temporaryFolder }: Pick<DerivedModelOptions, 'temporaryFolder'>,
  work: (source: ModelSource) => Promise<T>
): Promise<T> {
  if (temporaryFolder === undefined || !isLargeModel(encodedSizeBytes(model))) {
    return work({ kind: 'bytes', bytes: encodeModel(model) })
  }
  const scratch = writeScratchModel(temporaryFolder, model)
  try {
    return await work({ kind: 'file', path: scratch.path })
  } finally {
    scratch.remove()
  }
}

/** Opens `model` for as long as `work` runs. */
export async function withSession<T>(
  options: DerivedModelOptions & Pick<SessionOptions, 'graphOptimization'>,
  model: Model,
  work: (session: InferenceSession) => Promise<T>
): Promise<T> {
  return withDerivedModel(model, options, async (source) => {
    const { backend, threads, graphOptimization = true } = options
    const session = await backend.open(source, { threads, graphOptimization })
    try {
      return await work(session)
    } finally {
      await session.release()
    }
  })
}
