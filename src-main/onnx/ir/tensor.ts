import { WorkbenchError } from '@contract/errors'
import { packedSizeBytes, type DataType } from './data-type'

/** Where a tensor's bytes are. */
export type TensorData =
  /** Little-endian, row-major, packed; exactly `packedSizeBytes` long. A view: do not modify. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** In a file beside the model; read through an `ExternalDataReader` only when the values are needed. */
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
 * The bytes of a tensor that is in memory.
 *
 * @throws WorkbenchError `internal` for external or string data: load it first.
 */
export function tensorBytes(tensor: Tensor): Uint8Array {
  if (tensor.data.kind !== 'bytes') {
    throw new WorkbenchError(
      'internal',
      `The values of '${tensor.name}' were asked for before they were loaded.`
    )
  }
  return tensor.data.bytes
}

/** A float32 tensor over a copy-free view of `values` (row-major). */
export function float32Tensor(name: string, dims: readonly number[], values: Float32Array): Tensor {
  return typedTensor(name, 'float32', dims, values)
}

/** An int64 tensor from plain integers, as shapes and indices need. */
export function int64Tensor(name: string, dims: readonly number[], values: readonly number[]): Tensor {
  return typedTensor(name, 'int64', dims, BigInt64Array.from(values.map(BigInt)))
}

/** A tensor over a copy-free view of any typed array whose layout is that of `dataType`. */
export function typedTensor(
  name: string,
  dataType: DataType,
  dims: readonly number[],
  values: Readonly<ArrayBufferView>
): Tensor {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const expectedBytes = packedSizeBytes(dataType, elementCount(dims))
  if (bytes.byteLength !== expectedBytes) {
    throw new WorkbenchError(
      'internal',
      `Tensor '${name}' of shape [${dims.join(', ')}] needs ${expectedBytes} bytes of ${dataType}, got ${bytes.byteLength}.`
    )
  }
  return { name, dataType, dims, data: { kind: 'bytes', bytes } }
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
