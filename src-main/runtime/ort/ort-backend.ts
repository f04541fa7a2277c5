/**
 * The inference port on onnxruntime-node. The only file that imports it; it must run in an engine process, never
 * in a host: `create` and `run` block their thread and a native crash takes the process down.
 */
import { WorkbenchError, wrapError } from '@contract/errors'
import { InferenceSession as OrtSession, Tensor, env } from 'onnxruntime-node'
import {
  sessionExecution,
  type InferenceBackend,
  type InferenceSession,
  type ModelSource,
  type RuntimeDataType,
  type RuntimeTensor,
  type SessionInput,
  type SessionOptions
} from '../inference-backend'

export function createOrtBackend(): InferenceBackend {
  // Only errors: the runtime's warnings about, say, unused initializers would break up a progress bar.
  env.logLevel = 'error'
  return { description: `onnxruntime-node ${env.versions.node ?? 'unknown'}`, open: openSession }
}

async function openSession(source: ModelSource, options: SessionOptions = {}): Promise<InferenceSession> {
  const threads = options.threads ?? 1
  if (!Number.isInteger(threads) || threads < 1) {
    throw new WorkbenchError('invalid-input', `Threads must be a whole number from 1, got ${threads}.`)
  }
  const ortOptions: OrtSession.SessionOptions = {
    executionProviders: [sessionExecution.provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel:
      options.graphOptimization === false ? 'disabled' : sessionExecution.graphOptimization,
    enableCpuMemArena: options.keepsMemory ?? true,
    ...(options.profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    // Idle threads that spin take cores from everything else and slow neighbours down.
    extra: { session: { intra_op: { allow_spinning: '0' } } }
  }
  try {
    const session =
      source.kind === 'file'
        ? await OrtSession.create(source.path, ortOptions)
        : await OrtSession.create(source.bytes, ortOptions)
    return wrapSession(session, options.profilePrefix !== undefined)
  } catch (error) {
    const what = source.kind === 'file' ? `'${source.path}'` : 'A model built in memory'
    throw wrapError(error, 'native', `${what} does not load in ONNX Runtime: ${firstLine(error)}`)
  }
}

function wrapSession(session: OrtSession, isProfiled: boolean): InferenceSession {
  return {
    inputs: session.inputMetadata.map(describeInput),
    outputNames: session.outputNames,
    async run(feeds, fetches) {
      try {
        const given = isNames(fetches) ? {} : fetches
        const results = isNames(fetches)
          ? await session.run(toOrt(feeds), fetches ?? session.outputNames)
          : await session.run(toOrt(feeds), toOrt(fetches))
        return Object.fromEntries(
          Object.entries(results).map(([name, value]) => [name, given[name] ?? fromOrt(name, value)])
        )
      } catch (error) {
        throw wrapError(error, 'native', `ONNX Runtime stopped while running the model: ${firstLine(error)}`)
      }
    },
    async release() {
      if (isProfiled) session.endProfiling()
      await session.release()
    }
  }
}

function describeInput(metadata: OrtSession.ValueMetadata): SessionInput {
  if (!metadata.isTensor) return { name: metadata.name, dataType: 'non-tensor', dims: [] }
  return { name: metadata.name, dataType: metadata.type, dims: metadata.shape }
}

function isNames(
  fetches: readonly string[] | Readonly<Record<string, RuntimeTensor | null>> | undefined
): fetches is readonly string[] | undefined {
  return fetches === undefined || Array.isArray(fetches)
}

function toOrt(tensors: Readonly<Record<string, RuntimeTensor>>): Record<string, Tensor>
function toOrt(tensors: Readonly<Record<string, RuntimeTensor | null>>): Record<string, Tensor | null>
function toOrt(tensors: Readonly<Record<string, RuntimeTensor | null>>): Record<string, Tensor | null> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      tensor && new Tensor(tensor.dataType, tensor.data, tensor.dims)
    ])
  )
}

const carriedTypes: ReadonlySet<string> = new Set<RuntimeDataType>([
  'float32',
  'float64',
  'int64',
  'int32',
  'uint8',
  'int8',
  'bool'
])

function fromOrt(name: string, value: OrtSession.OnnxValueMapType[string]): RuntimeTensor {
  if (!carriedTypes.has(value.type)) {
    throw new WorkbenchError(
      'unsupported-model',
      `Output '${name}' is ${value.type}, expected a plain number type.`
    )
  }
  return { dataType: value.type, dims: value.dims, data: value.data } as RuntimeTensor
}

/** ONNX Runtime's messages run over many lines; the first says what is wrong. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0]!.trim().replace(/\.?$/, '.')
}
