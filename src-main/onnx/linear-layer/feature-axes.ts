/**
 * Where the features of a projection are while reshapes and transpositions move them, and which of them a node picks.
 */
import { readInt, readInts } from '../ir/attribute'
import { elementCount } from '../ir/tensor'
import type { GraphIndex } from '../graph-index'
import type { Node } from '../ir/model'
import { storedIntegers } from './stored-integers'

/** The axes of a value, and the factors into which the feature axis was split. */
export interface FeatureAxes {
  /** Per axis of the value the factor that it holds; undefined for batch, time and the like. */
  readonly axes: readonly (number | undefined)[]
  /** Sizes whose product is the number of features, most significant first; one as long as nothing was split. */
  readonly factors: readonly number[]
}

/** From `start` to before `end` along a factor. */
export interface FactorRange {
  readonly start: number
  readonly end: number
}

/** A node that cuts a value along one factor: a range per output. */
export interface FactorSelection {
  readonly factor: number
  readonly ranges: readonly FactorRange[]
}

type Dims = readonly (number | undefined)[]

/**
 * The axes after a node that moves all elements of its first input; undefined for any other node, and when it cannot be
 * told where the features go.
 *
 * - `outputDims`  shape of the node's output, as far as it is known.
 */
export function movedAxes(
  index: GraphIndex,
  node: Node,
  before: FeatureAxes,
  outputDims: Dims | undefined
): FeatureAxes | undefined {
  switch (node.opType) {
    case 'Identity':
      return before
    case 'Reshape':
      return node.inputs.length === 2 ? reshaped(before, outputDims) : undefined
    case 'Transpose': {
      const permutation =
        readInts(node, 'perm') ?? before.axes.map((_, axis) => before.axes.length - 1 - axis)
      return { ...before, axes: permutation.map((axis) => before.axes[axis]) }
    }
    case 'Unsqueeze': {
      const added = axesOf(index, node, (count) => before.axes.length + count)
      if (added === undefined) return undefined
      const remaining = [...before.axes]
      const rank = before.axes.length + added.length
      const axes = Array.from({ length: rank }, (_, axis) =>
        added.includes(axis) ? undefined : remaining.shift()
      )
      return { ...before, axes }
    }
    case 'Squeeze': {
      const dropped = axesOf(index, node, () => before.axes.length)
      if (dropped === undefined || dropped.some((axis) => before.axes[axis] !== undefined)) return undefined
      return { ...before, axes: before.axes.filter((_, axis) => !dropped.includes(axis)) }
    }
    default:
      return undefined
  }
}

/**
 * Elements keep their order, so when the features were the whole last axis and the last sizes of the new shape multiply
 * to their number, these axes are the features and the others are not, whatever their sizes.
 */
function reshaped({ axes, factors }: FeatureAxes, outputDims: Dims | undefined): FeatureAxes | undefined {
  const [features] = factors
  if (outputDims === undefined || factors.length > 1 || axes.at(-1) !== 0) return undefined
  let product = 1
  for (let first = outputDims.length - 1; first >= 0; first--) {
    const size = outputDims[first]
    if (size === undefined) return undefined
    product *= size
    if (product !== features) continue
    return {
      axes: outputDims.map((_, axis) => (axis < first ? undefined : axis - first)),
      factors: outputDims.slice(first).map((dim) => dim ?? 1)
    }
  }
  return undefined
}

/** What a Gather, Slice or Split picks along a factor; undefined when it is another node or picks in another way. */
export function factorSelection(
  index: GraphIndex,
  node: Node,
  { axes, factors }: FeatureAxes
): FactorSelection | undefined {
  const picked = pickedRanges(index, node, axes, (axis) => factors[axes[axis] ?? -1])
  const factor = picked && axes[picked.axis]
  return picked === undefined || factor === undefined ? undefined : { factor, ranges: picked.ranges }
}

interface PickedRanges {
  readonly axis: number
  readonly ranges: readonly FactorRange[]
}

function pickedRanges(
  index: GraphIndex,
  node: Node,
  axes: FeatureAxes['axes'],
  sizeOf: (axis: number) => number | undefined
): PickedRanges | undefined {
  const fromStart = (axis: number) => (axis < 0 ? axis + axes.length : axis)
  if (node.opType === 'Slice') return slicedRange(index, node, fromStart, sizeOf)
  const axis = fromStart(readInt(node, 'axis', 0))
  const size = sizeOf(axis)
  if (size === undefined) return undefined
  if (node.opType === 'Gather') {
    const [pick, ...others] = storedIntegers(index, node.inputs[1] ?? '') ?? []
    if (pick === undefined || others.length > 0) return undefined
    const start = pick < 0 ? pick + size : pick
    return { axis, ranges: [{ start, end: start + 1 }] }
  }
  if (node.opType !== 'Split') return undefined
  const isEqual = !node.attributes.has('split') && (node.inputs[1] ?? '') === ''
  // Without sizes the parts are equal, the last one smaller when it must be.
  const part = Math.ceil(size / node.outputs.length)
  const sizes = isEqual
    ? node.outputs.map((_, output) => Math.min(part, size - part * output))
    : (readInts(node, 'split') ?? storedIntegers(index, node.inputs[1] ?? ''))
  if (sizes?.length !== node.outputs.length) return undefined
  let end = 0
  return { axis, ranges: sizes.map((length) => ({ start: end, end: (end += length) })) }
}

/** A Slice along one axis in steps of one; bounds are attributes before opset 10. */
function slicedRange(
  index: GraphIndex,
  node: Node,
  fromStart: (axis: number) => number,
  sizeOf: (axis: number) => number | undefined
): PickedRanges | undefined {
  const bound = (name: string, position: number) =>
    readInts(node, name) ?? storedIntegers(index, node.inputs[position] ?? '')
  const [starts, ends] = [bound('starts', 1), bound('ends', 2)]
  const axes = bound('axes', 3) ?? ((node.inputs[3] ?? '') === '' ? [0] : undefined)
  const steps = (node.inputs[4] ?? '') === '' ? [1] : storedIntegers(index, node.inputs[4]!)
  const isSingle = [starts, ends, axes, steps].every((list) => list?.length === 1)
  if (!isSingle || steps![0] !== 1) return undefined
  const axis = fromStart(axes![0]!)
  const size = sizeOf(axis)
  if (size === undefined) return undefined
  const inside = (limit: number) => Math.min(Math.max(limit < 0 ? limit + size : limit, 0), size)
  return { axis, ranges: [{ start: inside(starts![0]!), end: inside(ends![0]!) }] }
}

/** The axes that Unsqueeze and Squeeze name, from the start; an attribute before opset 13. */
function axesOf(index: GraphIndex, node: Node, rankOf: (count: number) => number): number[] | undefined {
  const axes = readInts(node, 'axes') ?? storedIntegers(index, node.inputs[1] ?? '')
  return axes?.map((axis) => (axis < 0 ? axis + rankOf(axes.length) : axis))
}

/** Features whose index along a factor lies in `range`, in order. */
export function selectedFeatures(
  factors: readonly number[],
  factor: number,
  { start, end }: FactorRange
): number[] {
  const size = factors[factor] ?? 1
  const inner = elementCount(factors.slice(factor + 1))
  return Array.from({ length: elementCount(factors) }, (_, feature) => feature).filter((feature) => {
    const position = Math.floor(feature / inner) % size
    return position >= start && position < end
  })
}
