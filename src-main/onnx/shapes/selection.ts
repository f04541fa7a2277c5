/** Movement that picks, joins or surrounds elements: Gather, Slice, Concat, Split, Pad and the like. */
import { readInt, readInts, readString } from '../ir/attribute'
import { elementCount } from '../ir/tensor'
import {
  inferredValue,
  knownDims,
  knownElements,
  unknownDims,
  type Dim,
  type InferredValue
} from './inferred-value'
import {
  contradiction,
  formatDims,
  resolveAxis,
  type RuleContext,
  type RuleFamily,
  type ShapeRule
} from './shape-rule'

const gather: ShapeRule = ({ node, input }) => {
  const data = input(0)
  const indices = input(1)
  if (data.dims === undefined || indices.dims === undefined) return [inferredValue(data.dataType, undefined)]
  const axis = resolveAxis(node, readInt(node, 'axis', 0), data.dims.length)
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)]
  const picks = knownElements(indices)
  // Shapes are vectors; picking from larger constants never decides a size.
  if (data.dims.length !== 1 || data.elements === undefined || picks === undefined) {
    return [inferredValue(data.dataType, dims)]
  }
  const size = data.elements.length
  const elements = picks.map((pick) => {
    const index = pick < 0 ? pick + size : pick
    if (index < 0 || index >= size) {
      throw contradiction(node, `index ${pick} lies outside an axis of ${size}`)
    }
    return data.elements![index]
  })
  return [inferredValue(data.dataType, dims, elements)]
}

const gatherElements: ShapeRule = ({ input }) => [inferredValue(input(0).dataType, input(1).dims)]

const gatherNd: ShapeRule = ({ node, input }) => {
  const data = input(0)
  const indices = input(1).dims
  const depth = indices?.[indices.length - 1]
  if (data.dims === undefined || indices === undefined || depth === undefined) {
    return [inferredValue(data.dataType, undefined)]
  }
  const batch = readInt(node, 'batch_dims', 0)
  return [inferredValue(data.dataType, [...indices.slice(0, -1), ...data.dims.slice(batch + depth)])]
}

/** One bound list of Slice: an input, or the attribute of opsets before 10. */
function sliceBounds(
  context: RuleContext,
  attribute: string,
  inputIndex: number
): readonly Dim[] | undefined {
  return readInts(context.node, attribute) ?? context.input(inputIndex).elements
}

interface AxisSlice {
  readonly start: Dim
  readonly end: Dim
  readonly step: Dim
}

const slice: ShapeRule = (context) => {
  const { node } = context
  const data = context.input(0)
  const { dims } = data
  if (dims === undefined) return [inferredValue(data.dataType, undefined)]
  const starts = sliceBounds(context, 'starts', 1)
  const ends = sliceBounds(context, 'ends', 2)
  const count = starts?.length ?? ends?.length ?? context.input(1).dims?.[0]
  const hasAxes = node.attributes.has('axes') || context.hasInput(3)
  const axes = hasAxes ? sliceBounds(context, 'axes', 3) : unknownDims(count)?.map((_, axis) => axis)
  const steps = context.hasInput(4) ? context.input(4).elements : undefined
  if (count === undefined || axes === undefined || axes.includes(undefined)) {
    return [
      inferredValue(
        data.dataType,
        dims.map(() => undefined)
      )
    ]
  }
  const slices = new Map<number, AxisSlice>()
  axes.forEach((axis, index) =>
    slices.set(resolveAxis(node, axis!, dims.length), {
      start: starts?.[index],
      end: ends?.[index],
      step: context.hasInput(4) ? steps?.[index] : 1
    })
  )
  const sliced = dims.map((dim, axis) => {
    const bounds = slices.get(axis)
    return bounds === undefined ? dim : slicedSize(dim, bounds)
  })
  return [inferredValue(data.dataType, sliced, slicedVector(data, slices.get(0)))]
}

/** Start and end inside an axis, as ONNX clamps them; `end` may be -1 for a backward slice to the front. */
function clampBounds(
  size: number,
  { start, end, step }: { start: number; end: number; step: number }
): [number, number] {
  const wrap = (bound: number): number => (bound < 0 ? bound + size : bound)
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1]
  const clamp = (bound: number, low: number): number => Math.min(Math.max(bound, low), highest)
  return [clamp(wrap(start), 0), clamp(wrap(end), lowest)]
}

function slicedSize(size: Dim, { start, end, step }: AxisSlice): Dim {
  if (start === undefined || end === undefined || step === undefined) return undefined
  // "From the front to the end" keeps an axis whatever its size; exporters write the end as the largest integer.
  if (start === 0 && step === 1 && end >= 2 ** 31 - 1) return size
  if (size === undefined) return undefined
  const [from, to] = clampBounds(size, { start, end, step })
  return Math.max(0, Math.ceil((to - from) / step))
}

function slicedVector(data: InferredValue, bounds: AxisSlice | undefined): readonly Dim[] | undefined {
  if (data.elements === undefined || data.dims?.length !== 1 || bounds === undefined) return undefined
  const { start, end, step } = bounds
  if (start === undefined || end === undefined || step === undefined) return undefined
  const [from, to] = clampBounds(data.elements.length, { start, end, step })
  const count = Math.max(0, Math.ceil((to - from) / step))
  return Array.from({ length: count }, (_, index) => data.elements![from + index * step])
}

const concat: ShapeRule = ({ node, input }) => {
  const values = node.inputs.map((_, index) => input(index))
  const dataType = values[0]?.dataType ?? 'undefined'
  const model = values.find((value) => value.dims !== undefined)?.dims
  if (model === undefined) return [inferredValue(dataType, undefined)]
  const axis = resolveAxis(node, readInt(node, 'axis', 0), model.length)
  const dims = model.map((_, position) => {
    const sizes = values.map((value) => value.dims?.[position])
    if (position === axis) return sizes.reduce<Dim>((sum, size) => plus(sum, size), 0)
    const known = new Set(sizes.filter((size) => size !== undefined))
    if (known.size > 1) {
      throw contradiction(
        node,
        `${values.map((value) => formatDims(value.dims)).join(', ')} differ outside axis ${axis}`
      )
    }
    return [...known][0]
  })
  const hasElements = model.length === 1 && values.every((value) => value.elements !== undefined)
  const elements = hasElements ? values.flatMap((value) => value.elements!) : undefined
  return [inferredValue(dataType, dims, elements)]
}

function plus(a: Dim, b: Dim): Dim {
  return a === undefined || b === undefined ? undefined : a + b
}

const split: ShapeRule = ({ node, input, hasInput }) => {
  const data = input(0)
  const { dims } = data
  const count = node.outputs.length
  if (dims === undefined) return node.outputs.map(() => inferredValue(data.dataType, undefined))
  const axis = resolveAxis(node, readInt(node, 'axis', 0), dims.length)
  const size = dims[axis]
  // Without sizes the parts are equal, the last one smaller when it must be.
  const part = size === undefined ? undefined : Math.ceil(size / count)
  const equal = (index: number): Dim =>
    size === undefined || part === undefined ? undefined : Math.min(part, size - part * index)
  const sizes = readInts(node, 'split') ?? (hasInput(1) ? input(1).elements : undefined)
  const isEqual = !node.attributes.has('split') && !hasInput(1)
  let offset: Dim = 0
  return node.outputs.map((_, index) => {
    const length: Dim = isEqual ? equal(index) : sizes?.[index]
    const elements =
      dims.length === 1 && offset !== undefined && length !== undefined
        ? data.elements?.slice(offset, offset + length)
        : undefined
    offset = plus(offset, length)
    return inferredValue(data.dataType, dims.with(axis, length), elements)
  })
}

const pad: ShapeRule = ({ node, input, hasInput }) => {
  const { dataType, dims } = input(0)
  if (dims === undefined) return [inferredValue(dataType, undefined)]
  const pads = readInts(node, 'pads') ?? input(1).elements
  const axes = hasInput(3) ? knownElements(input(3)) : dims.map((_, axis) => axis)
  if (axes === undefined)
    return [
      inferredValue(
        dataType,
        dims.map(() => undefined)
      )
    ]
  const padded = [...dims]
  axes.forEach((axis, index) => {
    const resolved = resolveAxis(node, axis, dims.length)
    padded[resolved] = plus(dims[resolved], plus(pads?.[index], pads?.[index + axes.length]))
  })
  return [inferredValue(dataType, padded)]
}

const resize: ShapeRule = ({ node, input, hasInput }) => {
  const { dataType, dims } = input(0)
  if (dims === undefined || node.attributes.has('axes')) {
    return [
      inferredValue(
        dataType,
        dims?.map(() => undefined)
      )
    ]
  }
  // A ratio policy other than stretching changes the sizes given.
  const isPlain = readString(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch'
  const sizes = hasInput(3) && isPlain ? input(3).elements : undefined
  const scales = input(node.opType === 'Upsample' ? 1 : 2).elements
  return [
    inferredValue(
      dataType,
      dims.map((dim, axis) => {
        if (hasInput(3)) return sizes?.[axis]
        const scale = scales?.[axis]
        return dim === undefined || scale === undefined ? undefined : Math.floor(dim * scale)
      })
    )
  ]
}

const topK: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  const count = readInt(node, 'k', -1)
  const k = count >= 0 ? count : input(1).elements?.[0]
  const kept = dims?.with(resolveAxis(node, readInt(node, 'axis', -1), dims.length), k)
  return [inferredValue(dataType, kept), inferredValue('int64', kept)]
}

const oneHot: ShapeRule = ({ node, input }) => {
  const { dims } = input(0)
  const dataType = input(2).dataType
  if (dims === undefined) return [inferredValue(dataType, undefined)]
  const axis = resolveAxis(node, readInt(node, 'axis', -1), dims.length + 1)
  return [inferredValue(dataType, dims.toSpliced(axis, 0, input(1).elements?.[0]))]
}

const nonZero: ShapeRule = ({ input }) => [inferredValue('int64', [input(0).dims?.length, undefined])]

const compress: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  if (!node.attributes.has('axis')) return [inferredValue(dataType, [undefined])]
  return [
    inferredValue(dataType, dims?.with(resolveAxis(node, readInt(node, 'axis', 0), dims.length), undefined))
  ]
}

const likeData: ShapeRule = ({ input }) => [inferredValue(input(0).dataType, input(0).dims)]

/** Shape, from `start` to `end`; the elements are the sizes themselves. */
const shape: ShapeRule = ({ node, input }) => {
  const { dims } = input(0)
  if (dims === undefined) return [inferredValue('int64', [undefined])]
  const end = node.attributes.has('end') ? readInt(node, 'end', 0) : dims.length
  const sizes = dims.slice(readInt(node, 'start', 0), end)
  return [inferredValue('int64', [sizes.length], sizes)]
}

const size: ShapeRule = ({ input }) => {
  const dims = knownDims(input(0).dims)
  return [inferredValue('int64', [], dims && [elementCount(dims)])]
}

export const selectionRules: RuleFamily = {
  Shape: shape,
  Size: size,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Slice: slice,
  Concat: concat,
  Split: split,
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  TopK: topK,
  OneHot: oneHot,
  NonZero: nonZero,
  Compress: compress,
  Scatter: likeData,
  ScatterElements: likeData,
  ScatterND: likeData
}
