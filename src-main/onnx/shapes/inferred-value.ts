import type { DataType } from '../ir/data-type'
import { elementCount, tensorBytes, type Tensor } from '../ir/tensor'

/** The size of one axis; undefined when it depends on what is not bound. */
export type Dim = number | undefined

/** What inference knows about a value while it works. */
export interface InferredValue {
  /** 'undefined' when the type is unknown. */
  readonly dataType: DataType
  /** undefined when the rank is unknown. */
  readonly dims: readonly Dim[] | undefined
  /**
   * The elements of a small constant, row-major; undefined when they are unknown altogether.
   * Single elements may be unknown: the Shape of [undefined, 80] is [undefined, 80].
   */
  readonly elements: readonly Dim[] | undefined
}

/** Constants above this size are data, not shapes; following them would cost time and never resolve a dimension. */
export const maxConstantElements = 1024

/** No operator knows values of more axes; a hostile file may declare as many as it has bytes. */
export const maximumRank = 64

export const unknownValue: InferredValue = { dataType: 'undefined', dims: undefined, elements: undefined }

/**
 * A value of known type and, perhaps, shape and elements.
 *
 * Elements that cannot belong to `dims` are dropped, and so are a shape of more than `maximumRank` axes and sizes that are
 * no whole numbers from 0, as arithmetic over absurd attributes gives them: every rule may rely on what it is handed.
 */
export function inferredValue(
  dataType: DataType,
  shape: readonly Dim[] | undefined,
  elements?: readonly Dim[]
): InferredValue {
  const dims = legalDims(shape)
  const sizes = dims && knownDims(dims)
  const fits =
    elements !== undefined && sizes !== undefined && elements.length === elementCount(sizes)
      ? elements.length <= maxConstantElements
      : false
  return { dataType, dims, elements: fits ? elements : undefined }
}

function legalDims(dims: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (dims === undefined || dims.length > maximumRank) return undefined
  return dims.every(isLegalDim) ? dims : dims.map((dim) => (isLegalDim(dim) ? dim : undefined))
}

function isLegalDim(dim: Dim): boolean {
  return dim === undefined || (Number.isSafeInteger(dim) && dim >= 0)
}

/** As many unknown sizes as a shape vector of `length` entries has; undefined when no shape is that long. */
export function unknownDims(length: Dim): readonly Dim[] | undefined {
  if (length === undefined || length > maximumRank) return undefined
  return new Array<Dim>(length).fill(undefined)
}

/** The dims when every one of them is known. */
export function knownDims(dims: readonly Dim[] | undefined): readonly number[] | undefined {
  return dims?.every((dim) => dim !== undefined) ? dims : undefined
}

/** The elements when every one of them is known. */
export function knownElements(value: InferredValue): readonly number[] | undefined {
  return knownDims(value.elements)
}

/** The product of the dims, when all are known. */
export function knownCount(dims: readonly Dim[]): Dim {
  const sizes = knownDims(dims)
  return sizes && elementCount(sizes)
}

/** What inference knows about a stored tensor: always its shape, and its elements when it is small and loaded. */
export function valueOfTensor(tensor: Tensor): InferredValue {
  return inferredValue(tensor.dataType, tensor.dims, elementsOfTensor(tensor))
}

function elementsOfTensor(tensor: Tensor): readonly number[] | undefined {
  const count = elementCount(tensor.dims)
  if (count > maxConstantElements || tensor.data.kind !== 'bytes') return undefined
  const bytes = tensorBytes(tensor)
  const read = elementReaders[tensor.dataType]
  if (read === undefined) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: count }, (_, index) => read(view, index))
}

const elementReaders: { readonly [T in DataType]?: (view: DataView, index: number) => number } = {
  // int64 beyond 2^53 occurs only as "to the end" bounds, where the rounding does not matter.
  int64: (view, index) => Number(view.getBigInt64(index * 8, true)),
  int32: (view, index) => view.getInt32(index * 4, true),
  int8: (view, index) => view.getInt8(index),
  uint8: (view, index) => view.getUint8(index),
  bool: (view, index) => view.getUint8(index),
  float32: (view, index) => view.getFloat32(index * 4, true),
  float64: (view, index) => view.getFloat64(index * 8, true)
}
