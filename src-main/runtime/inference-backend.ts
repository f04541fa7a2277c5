/**
 * The port through which every room runs ONNX models. `runtime/ort` implements it with onnxruntime-node;
 * nothing else in Lathe knows which runtime is underneath.
 */

/** Element types that cross the port, with the array that holds each. */
export interface TensorArrays {
  float32: Float32Array
  float64: Float64Array
  int64: BigInt64Array
  int32: Int32Array
  uint8: Uint8Array
  int8: Int8Array
  bool: Uint8Array
}

export type RuntimeDataType = keyof TensorArrays

/** A tensor at the border of a session. Row-major; `data.length` is the product of `dims`. */
export type RuntimeTensor = {
  [T in RuntimeDataType]: {
    readonly dataType: T
    readonly dims: readonly number[]
    readonly data: TensorArrays[T]
  }
}[RuntimeDataType]

/**
 * On what sessions run, and how much the runtime may rewrite a graph unless it is told otherwise. There is no fallback:
 * what cannot run so does not run, and every measurement says that it was made so.
 */
export const sessionExecution = { provider: 'cpu', graphOptimization: 'all' } as const

/** A model to open: a file (external data is found beside it) or the bytes of a self-contained model. */
export type ModelSource =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

export interface SessionOptions {
  /** Threads inside one operator; recorded with every measurement. Default 1. */
  readonly threads?: number
  /** Turn the runtime's own graph rewriting off, for comparisons of exactly the graph given. Default true. */
  readonly graphOptimization?: boolean
  /** Keep the memory of one run for the next, which is faster for a graph of many nodes. Default true. */
  readonly keepsMemory?: boolean
  /** Where the runtime's profile goes when the session is released: `${profilePrefix}_...json`. Default: none is made. */
  readonly profilePrefix?: string
}

export interface SessionInput {
  readonly name: string
  readonly dataType: string
  /** Symbolic dimensions are strings. */
  readonly dims: readonly (number | string)[]
}

/** An open model. `run` blocks the calling thread, so only engine processes may hold one. */
export interface InferenceSession {
  readonly inputs: readonly SessionInput[]
  readonly outputNames: readonly string[]
  /**
   * Runs the model once.
   *
   * - `feeds` must name every input without an initializer.
   * - `fetches` limits the outputs; all of them by default. Given with tensors, an output is written into the data of its
   *   tensor, which must have the output's type and shape and share no memory with the feeds; what comes back for it is
   *   that tensor. Null stands for new memory.
   *
   * @throws WorkbenchError `native` when the runtime refuses, with its words.
   */
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches?: readonly string[] | Readonly<Record<string, RuntimeTensor | null>>
  ): Promise<Readonly<Record<string, RuntimeTensor>>>
  /** Frees the native memory. The session must not be used afterwards. */
  release(): Promise<void>
}

export interface InferenceBackend {
  /** Name and version, for records: `onnxruntime-node 1.30.0`. */
  readonly description: string
  /** @throws WorkbenchError `native` when the model does not load, with the runtime's words. */
  open(source: ModelSource, options?: SessionOptions): Promise<InferenceSession>
}
