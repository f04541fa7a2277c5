/** TensorProto to `Tensor`: values become little-endian packed bytes, whichever of ONNX's fields they came in. */
import { WorkbenchError } from '@contract/errors'
import { dataTypes, packedSizeBytes, type DataType } from '../ir/data-type'
import type { SparseTensor } from '../ir/model'
import type { Tensor, TensorData } from '../ir/tensor'
import { decodeAnnotations, entriesToMap } from './annotations'
import { assertSafeLocation } from './external-data'
import { safeNumberOf } from './int64'
import type { WireInt64, WireSparseTensor, WireTensor } from './wire-messages'

/**
 * The tensor that a message describes.
 *
 * - `raw_data` is not copied: the bytes are a view of the file.
 * - `owner` says in messages where the tensor is, such as `graph 'main'`.
 *
 * @throws WorkbenchError `invalid-input` when sizes disagree, `unsupported-model` for an unknown element type.
 */
export function decodeTensor(wire: WireTensor, owner: string): Tensor {
  const what = `Tensor '${wire.name}' of ${owner}`
  if (wire.segment !== null) {
    throw new WorkbenchError(
      'unsupported-model',
      `${what} is a segment of a larger tensor; export the model with whole tensors.`
    )
  }
  const dataType = dataTypeOf(wire.dataType, what)
  if (dataType === 'undefined') {
    throw new WorkbenchError('invalid-input', `${what} has no element type; the file is damaged.`)
  }
  const dims = decodeDims(wire.dims, what)
  return {
    name: wire.name,
    dataType,
    dims,
    data: decodeData({ wire, dataType, elementCount: checkedElementCount(dims, what), what }),
    ...decodeAnnotations(wire)
  }
}

/** @throws WorkbenchError as `decodeTensor`. */
export function decodeSparseTensor(wire: WireSparseTensor, owner: string): SparseTensor {
  if (wire.values === null || wire.indices === null) {
    throw new WorkbenchError('invalid-input', `A sparse tensor of ${owner} lacks its values or its indices.`)
  }
  const what = `Sparse tensor '${wire.values.name}' of ${owner}`
  const dims = decodeDims(wire.dims, what)
  checkedElementCount(dims, what)
  return { values: decodeTensor(wire.values, owner), indices: decodeTensor(wire.indices, owner), dims }
}

/** The element type of that number. @throws WorkbenchError `unsupported-model` when this version knows none. */
export function dataTypeOf(number: number, what: string): DataType {
  const dataType = dataTypes[number]
  if (dataType === undefined) {
    throw new WorkbenchError(
      'unsupported-model',
      `${what} has element type ${number}, expected 0 to ${dataTypes.length - 1}; export it with a known type.`
    )
  }
  return dataType
}

function decodeDims(dims: readonly WireInt64[], what: string): number[] {
  return dims.map((dim, axis) => {
    const size = safeNumberOf(dim, `Dimension ${axis} of ${what}`)
    if (size < 0) {
      throw new WorkbenchError(
        'invalid-input',
        `Dimension ${axis} of ${what} is ${size}, expected 0 or more.`
      )
    }
    return size
  })
}

/** The product of `dims`, refused where its bytes could not be counted exactly in a double. */
function checkedElementCount(dims: readonly number[], what: string): number {
  if (dims.includes(0)) return 0
  const widestElementBytes = 16
  let count = 1
  for (const dim of dims) {
    count *= dim
    if (count > Number.MAX_SAFE_INTEGER / widestElementBytes) {
      throw new WorkbenchError(
        'invalid-input',
        `${what} has shape [${dims.join(', ')}], more elements than any file holds.`
      )
    }
  }
  return count
}

interface TensorSource {
  readonly wire: WireTensor
  readonly dataType: DataType
  readonly elementCount: number
  readonly what: string
}

function decodeData(source: TensorSource): TensorData {
  const { wire, dataType, elementCount, what } = source
  if (wire.dataLocation === 1) return decodeExternal(source)
  if (wire.dataLocation !== 0) {
    throw new WorkbenchError(
      'unsupported-model',
      `${what} keeps its values at location ${wire.dataLocation}, expected 0 (in the file) or 1 (external).`
    )
  }
  if (dataType === 'string') {
    checkCount(wire.stringData.length, elementCount, what)
    return { kind: 'strings', values: wire.stringData }
  }
  const raw = wire.rawData
  if (raw instanceof Uint8Array && raw.byteLength > 0) {
    const expectedBytes = packedSizeBytes(dataType, elementCount)
    if (raw.byteLength !== expectedBytes) {
      throw new WorkbenchError(
        'invalid-input',
        `${what} of shape [${wire.dims.map((dim) => safeNumberOf(dim, what)).join(', ')}] needs ${expectedBytes} bytes of ${dataType}, got ${raw.byteLength}; the file is damaged.`
      )
    }
    return { kind: 'bytes', bytes: raw }
  }
  return { kind: 'bytes', bytes: typedFieldBytes(source) }
}

function decodeExternal({ wire, dataType, elementCount, what }: TensorSource): TensorData {
  if (dataType === 'string') {
    throw new WorkbenchError('invalid-input', `${what} holds strings, which cannot be external.`)
  }
  // Other keys, such as the runtime's cache of prepacked weights, can be made again and are left out.
  const entries = entriesToMap(wire.externalData)
  const location = entries.get('location') ?? ''
  assertSafeLocation(location)
  const expectedBytes = packedSizeBytes(dataType, elementCount)
  const lengthBytes = decodeByteCount(entries.get('length'), expectedBytes, `The length of ${what}`)
  if (lengthBytes !== expectedBytes) {
    throw new WorkbenchError(
      'invalid-input',
      `${what} needs ${expectedBytes} bytes of ${dataType}, its external data has ${lengthBytes}.`
    )
  }
  const checksum = entries.get('checksum')
  return {
    kind: 'external',
    location,
    offsetBytes: decodeByteCount(entries.get('offset'), 0, `The offset of ${what}`),
    lengthBytes,
    ...(checksum === undefined ? {} : { checksum })
  }
}

function decodeByteCount(text: string | undefined, fallback: number, what: string): number {
  if (text === undefined) return fallback
  const count = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw new WorkbenchError('invalid-input', `${what} is '${text}', expected a number of bytes.`)
  }
  return count
}

function checkCount(count: number, expected: number, what: string): void {
  if (count !== expected) {
    throw new WorkbenchError('invalid-input', `${what} needs ${expected} values, got ${count}.`)
  }
}

/** Bytes of the typed field that ONNX prescribes for the element type. Counts are checked before allocating. */
function typedFieldBytes({ wire, dataType, elementCount, what }: TensorSource): Uint8Array {
  const bytes = (expectedValues: number, values: readonly unknown[]): DataView => {
    checkCount(values.length, expectedValues, what)
    return new DataView(new ArrayBuffer(packedSizeBytes(dataType, elementCount)))
  }
  switch (dataType) {
    case 'float32':
    case 'complex64': {
      const view = bytes(dataType === 'float32' ? elementCount : 2 * elementCount, wire.floatData)
      wire.floatData.forEach((value, index) => view.setFloat32(4 * index, value, true))
      return new Uint8Array(view.buffer)
    }
    case 'float64':
    case 'complex128': {
      const view = bytes(dataType === 'float64' ? elementCount : 2 * elementCount, wire.doubleData)
      wire.doubleData.forEach((value, index) => view.setFloat64(8 * index, value, true))
      return new Uint8Array(view.buffer)
    }
    case 'int64':
    case 'uint64': {
      const values = dataType === 'int64' ? wire.int64Data : wire.uint64Data
      const view = bytes(elementCount, values)
      values.forEach((value, index) => {
        view.setInt32(8 * index, value.low, true)
        view.setInt32(8 * index + 4, value.high, true)
      })
      return new Uint8Array(view.buffer)
    }
    case 'uint32': {
      const view = bytes(elementCount, wire.uint64Data)
      wire.uint64Data.forEach((value, index) => view.setInt32(4 * index, value.low, true))
      return new Uint8Array(view.buffer)
    }
    default:
      return int32FieldBytes({ wire, dataType, elementCount, what })
  }
}

/** int32_data holds every narrower type, one element per entry; types under 8 bits come as already packed bytes. */
function int32FieldBytes({ wire, dataType, elementCount, what }: TensorSource): Uint8Array {
  const sizeBytes = packedSizeBytes(dataType, elementCount)
  const widthBytes = Math.ceil(packedSizeBytes(dataType, 8) / 8)
  checkCount(wire.int32Data.length, sizeBytes / widthBytes, what)
  const view = new DataView(new ArrayBuffer(sizeBytes))
  wire.int32Data.forEach((value, index) => {
    if (widthBytes === 1) view.setInt8(index, value)
    else if (widthBytes === 2) view.setInt16(2 * index, value, true)
    else view.setInt32(4 * index, value, true)
  })
  return new Uint8Array(view.buffer)
}
