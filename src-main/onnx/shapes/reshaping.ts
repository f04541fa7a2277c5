/** Movement that keeps every element: Reshape, Transpose and the like, and repetition by Expand and Tile. */
import { readInt, readInts } from '../ir/attribute'
import { elementCount } from '../ir/tensor'
import type { Node } from '../ir/model'
import { broadcastDims, broadcastElements } from './broadcast'
import {
  inferredValue,
  knownCount,
  knownDims,
  knownElements,
  maxConstantElements,
  unknownDims,
  type Dim,
  type InferredValue
} from './inferred-value'
import {
  axesOf,
  contradiction,
  formatDims,
  resolveAxis,
  type RuleContext,
  type RuleFamily,
  type ShapeRule
} from './shape-rule'

/** The same elements in the same order under another shape. */
function relabelled(value: InferredValue, dims: readonly Dim[] | undefined): InferredValue {
  return inferredValue(value.dataType, dims, value.elements)
}

/** The target shape: an input, or the attribute of opsets before 5. */
function reshapeTarget({ node, input }: RuleContext): readonly Dim[] | undefined {
  const attribute = readInts(node, 'shape')
  if (attribute !== undefined) return attribute
  const { dims, elements } = input(1)
  if (elements !== undefined) return elements
  // Even unknown sizes say how many there are.
  return unknownDims(dims?.[0])
}

const reshape: ShapeRule = (context) => {
  const { node } = context
  const value = context.input(0)
  const target = reshapeTarget(context)
  if (target === undefined) return [inferredValue(value.dataType, undefined)]
  const copiesZeros = readInt(node, 'allowzero', 0) === 0
  return [relabelled(value, reshapeDims(node, value.dims, target, copiesZeros))]
}

function reshapeDims(
  node: Node,
  from: readonly Dim[] | undefined,
  target: readonly Dim[],
  copiesZeros: boolean
): readonly Dim[] {
  const dims = target.map((size, axis) => (size === 0 && copiesZeros ? from?.[axis] : size))
  // Axes that are copied in place cancel, so that one unknown copied axis does not hide the inferred one.
  const isCopied = target.map((size, axis) => size === 0 && copiesZeros && axis < (from?.length ?? 0))
  const total = from && knownCount(from.filter((_, axis) => isCopied[axis] !== true))
  const open = dims.flatMap((size, axis) =>
    isCopied[axis] === true || (size !== undefined && size !== -1) ? [] : [axis]
  )
  const rest = knownCount(dims.filter((_, axis) => isCopied[axis] !== true && !open.includes(axis)))
  const fill = (size: Dim): readonly Dim[] => dims.map((dim, axis) => (open.includes(axis) ? size : dim))
  if (total === undefined || rest === undefined) return fill(undefined)
  if (open.length === 0 && total !== rest) {
    throw contradiction(node, `${formatDims(from)} has ${total} elements and ${formatDims(dims)} has ${rest}`)
  }
  if (open.length !== 1 || rest === 0) return fill(undefined)
  if (total % rest !== 0) {
    throw contradiction(node, `${formatDims(from)} does not divide into ${formatDims(dims)}`)
  }
  return fill(total / rest)
}

const flatten: ShapeRule = ({ node, input }) => {
  const value = input(0)
  if (value.dims === undefined) return [inferredValue(value.dataType, [undefined, undefined])]
  const axis = readInt(node, 'axis', 1)
  const split = axis < 0 ? axis + value.dims.length : axis
  return [relabelled(value, [knownCount(value.dims.slice(0, split)), knownCount(value.dims.slice(split))])]
}

const transpose: ShapeRule = ({ node, input }) => {
  const { dataType, dims, elements } = input(0)
  if (dims === undefined) return [inferredValue(dataType, undefined)]
  const permutation = readInts(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis)
  if (permutation.length !== dims.length) {
    throw contradiction(node, `perm has ${permutation.length} axes and the input is ${formatDims(dims)}`)
  }
  const transposed = permutation.map((axis) => dims[axis])
  const from = knownDims(dims)
  const to = knownDims(transposed)
  if (elements === undefined || from === undefined || to === undefined)
    return [inferredValue(dataType, transposed)]
  const strides = from.map((_, axis) => elementCount(from.slice(axis + 1)))
  const moved = Array.from({ length: elements.length }, (_, flat) => {
    let remaining = flat
    let source = 0
    for (let axis = to.length - 1; axis >= 0; axis--) {
      source += (remaining % to[axis]!) * strides[permutation[axis]!]!
      remaining = Math.floor(remaining / to[axis]!)
    }
    return elements[source]
  })
  return [inferredValue(dataType, transposed, moved)]
}

const unsqueeze: ShapeRule = (context) => {
  const { node } = context
  const value = context.input(0)
  const axes = axesOf(context, 1)
  if (value.dims === undefined || axes === undefined || axes === 'absent') {
    return [inferredValue(value.dataType, undefined)]
  }
  const rank = value.dims.length + axes.length
  const added = new Set(axes.map((axis) => resolveAxis(node, axis, rank)))
  const remaining = [...value.dims]
  const dims = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : remaining.shift()))
  return [relabelled(value, dims)]
}

const squeeze: ShapeRule = (context) => {
  const { node } = context
  const value = context.input(0)
  const { dims } = value
  const axes = axesOf(context, 1)
  if (dims === undefined || axes === undefined) return [inferredValue(value.dataType, undefined)]
  if (axes === 'absent') {
    // Every axis of size 1 goes, so the rank is known only when every size is.
    const sizes = knownDims(dims)
    return [
      relabelled(
        value,
        sizes?.filter((size) => size !== 1)
      )
    ]
  }
  const dropped = new Set(axes.map((axis) => resolveAxis(node, axis, dims.length)))
  for (const axis of dropped) {
    if (dims[axis] !== undefined && dims[axis] !== 1) {
      throw contradiction(node, `axis ${axis} of ${formatDims(dims)} is not 1`)
    }
  }
  return [
    relabelled(
      value,
      dims.filter((_, axis) => !dropped.has(axis))
    )
  ]
}

const expand: ShapeRule = ({ node, input }) => {
  const value = input(0)
  const target = input(1)
  const shape = target.elements ?? unknownDims(target.dims?.[0])
  const dims = broadcastDims(node, [value.dims, shape])
  return [
    inferredValue(
      value.dataType,
      dims,
      broadcastElements([value], dims, ([element]) => element)
    )
  ]
}

const tile: ShapeRule = ({ input }) => {
  const value = input(0)
  const repeats = input(1).elements
  const dims = value.dims?.map((dim, axis) => {
    const repeat = repeats?.[axis]
    return dim === undefined || repeat === undefined ? undefined : dim * repeat
  })
  const counts = knownElements(input(1))
  const elements =
    value.dims?.length === 1 && value.elements !== undefined && counts !== undefined
      ? repeated(value.elements, counts[0] ?? 0)
      : undefined
  return [inferredValue(value.dataType, dims, elements)]
}

/** The elements `count` times over, unless that is too many to follow. */
function repeated(elements: readonly Dim[], count: number): readonly Dim[] | undefined {
  const length = elements.length * count
  if (!(length >= 0 && length <= maxConstantElements)) return undefined
  return Array.from({ length }, (_, index) => elements[index % elements.length])
}

/** [n, c, h, w] with channels traded against space. */
function depthSpace(scale: (block: number) => { channels: number; space: number }): ShapeRule {
  return ({ node, input }) => {
    const { dataType, dims } = input(0)
    const { channels, space } = scale(readInt(node, 'blocksize', 1))
    const factors = [1, channels, space, space]
    return [
      inferredValue(
        dataType,
        dims?.map((dim, axis) => (dim === undefined ? undefined : dim * (factors[axis] ?? 1)))
      )
    ]
  }
}

export const reshapingRules: RuleFamily = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthSpace((block) => ({ channels: 1 / (block * block), space: block })),
  SpaceToDepth: depthSpace((block) => ({ channels: block * block, space: 1 / block }))
}
