import { WorkbenchError } from '@contract/errors'
import { packedSizeBytes, type DataType } from './data-type'

/** Where a tensor's bytes are. */
export type TensorData =
  /** Little-endian, row-major, packed; exactly `packedSizeBytes` long. A view: do not modify. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /**
   * Bytes as those of `bytes`, but not in memory: read from a file, or made from another tensor, each time they are asked
   * for. `read` blocks. Tensors that have one and the same object share their bytes.
   */
  | { readonly kind: 'deferred'; readonly lengthBytes: number; readonly read: () => Uint8Array }
  /** In a file beside the model: a reference alone, without a way to read it (`loadExternalData` gives it one). */
  | {
      readonly kind: 'external'
      readonly location: string
      readonly offsetBytes: number
      readonly lengthBytes: number
      /** SHA-1 of the whole file, when the exporter wrote one. */
      readonly checksum?: string
    }
  /** String tensors only; each element is raw bytes because ONNX does not promise UTF-8. */
  | { readonly kind: 'strings'; readonly values: readonly Uint8Array[] }

/** A constant of a model: ONNX's TensorProto. Immutable. */
export interface Tensor {
  readonly name: string
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly data: TensorData
  readonly docString?: string
  readonly metadataProps?: ReadonlyMap<string, string>
}

/** The product of `dims`; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}

/**
 * The bytes of a tensor: a view of those in memory, or deferred ones read anew.
 *
 * @throws WorkbenchError `internal` for external or string data: load it first. What reading deferred bytes throws.
 */
export function tensorBytes({ name, data }: Tensor): Uint8Array {
  if (data.kind === 'bytes') return data.bytes
  if (data.kind !== 'deferred') {
    throw new WorkbenchError('internal', `The values of '${name}' were asked for before they were loaded.`)
  }
  const bytes = data.read()
  if (bytes.byteLength !== data.lengthBytes) {
    throw new WorkbenchError(
      'internal',
      `Reading '${name}' gave ${bytes.byteLength} bytes, expected ${data.lengthBytes}.`
    )
  }
  return bytes
}

/** The values of a tensor to be: an array, or how to make it each time that it is asked for. */
export type TensorValues<Values extends Readonly<ArrayBufferView> = Readonly<ArrayBufferView>> =
  Values | (() => Values)

/**
 * Whether a tensor's values are not in memory. What is made from them should then be made anew each time that it is asked
 * for, so that a model larger than memory is rewritten without holding the new values either.
 */
export function isDeferred({ data }: Tensor): boolean {
  return data.kind === 'deferred'
}

/** A float32 tensor of `values` (row-major), as `typedTensor`. */
export function float32Tensor(
  name: string,
  dims: readonly number[],
  values: TensorValues<Float32Array>
): Tensor {
  return typedTensor(name, 'float32', dims, values)
}

/** An int64 tensor from plain integers, as shapes and indices need. */
export function int64Tensor(name: string, dims: readonly number[], values: readonly number[]): Tensor {
  return typedTensor(name, 'int64', dims, BigInt64Array.from(values.map(BigInt)))
}

/**
 * A tensor over a copy-free view of any typed array whose layout is that of `dataType`; a deferred one where `values` are
 * made on demand.
 */
export function typedTensor(
  name: string,
  dataType: DataType,
  dims: readonly number[],
  values: TensorValues
): Tensor {
  const expectedBytes = packedSizeBytes(dataType, elementCount(dims))
  if (typeof values === 'function') {
    const read = () => bytesOf(values())
    return { name, dataType, dims, data: { kind: 'deferred', lengthBytes: expectedBytes, read } }
  }
  const bytes = bytesOf(values)
  if (bytes.byteLength !== expectedBytes) {
    throw new WorkbenchError(
      'internal',
      `Tensor '${name}' of shape [${dims.join(', ')}] needs ${expectedBytes} bytes of ${dataType}, got ${bytes.byteLength}.`
    )
  }
  return { name, dataType, dims, data: { kind: 'bytes', bytes } }
}

function bytesOf({ buffer, byteOffset, byteLength }: Readonly<ArrayBufferView>): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** The values as a float32 array; a copy only when the bytes are not aligned. */
export function float32Values(tensor: Tensor): Float32Array {
  if (tensor.dataType !== 'float32') {
    throw new WorkbenchError(
      'internal',
      `Tensor '${tensor.name}' holds ${tensor.dataType}, expected float32.`
    )
  }
  const bytes = tensorBytes(tensor)
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
}
