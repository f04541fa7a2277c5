/**
 * ONNX element types, by the names ONNX gives them in lower case, and the width of each in memory.
 * Source: onnx.proto3, TensorProto.DataType (IR version 13).
 */

/** Index in this list = the number of the type in `TensorProto.DataType`. */
export const dataTypes = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2'
] as const

export type DataType = (typeof dataTypes)[number]

const bitsPerElement: Readonly<Record<DataType, number>> = {
  undefined: 0,
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  string: 0,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
  float8e8m0: 8,
  uint2: 2,
  int2: 2
}

/** Bytes that `elementCount` elements take when packed as ONNX packs them (sub-byte types share bytes). */
export function packedSizeBytes(dataType: DataType, elementCount: number): number {
  return Math.ceil((bitsPerElement[dataType] * elementCount) / 8)
}

/** The number of a type in `TensorProto.DataType`, as attributes such as Cast's `to` hold it. */
export function dataTypeNumber(dataType: DataType): number {
  return dataTypes.indexOf(dataType)
}

const floatingDataTypes: ReadonlySet<DataType> = new Set<DataType>([
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'float4e2m1',
  'float8e8m0'
])

export function isFloatingDataType(dataType: DataType): boolean {
  return floatingDataTypes.has(dataType)
}
