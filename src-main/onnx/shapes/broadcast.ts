/** Numpy broadcasting over shapes and small constants that may be partly unknown. */
import { elementCount } from '../ir/tensor'
import type { Node } from '../ir/model'
import { knownDims, maxConstantElements, type Dim, type InferredValue } from './inferred-value'
import { contradiction, formatDims } from './shape-rule'

/**
 * The shape that `shapes` broadcast to; undefined when the rank of one is unknown.
 *
 * An unknown axis against a size above 1 must be 1 or that size, so the result is that size.
 *
 * @throws WorkbenchError `invalid-input` when two known sizes differ and neither is 1.
 */
export function broadcastDims(
  node: Node,
  shapes: readonly (readonly Dim[] | undefined)[]
): readonly Dim[] | undefined {
  let result: readonly Dim[] | undefined = []
  for (const shape of shapes) {
    if (shape === undefined || result === undefined) return undefined
    result = broadcastPair(node, result, shape)
  }
  return result
}

function broadcastPair(node: Node, left: readonly Dim[], right: readonly Dim[]): Dim[] {
  const rank = Math.max(left.length, right.length)
  return Array.from({ length: rank }, (_, axis) => {
    const a = axisFromEnd(left, rank - axis)
    const b = axisFromEnd(right, rank - axis)
    if (a === b || b === 1) return a
    if (a === 1) return b
    if (a === undefined) return b
    if (b === undefined) return a
    throw contradiction(node, `${formatDims(left)} and ${formatDims(right)} do not broadcast`)
  })
}

function axisFromEnd(dims: readonly Dim[], fromEnd: number): Dim {
  return fromEnd > dims.length ? 1 : dims[dims.length - fromEnd]
}

/**
 * The elements of an elementwise operator over small constants.
 *
 * `combine` sees one element of each operand, in an array that is used again for the next; an unknown element arrives as
 * undefined. Undefined when the result is too large, or its shape or any operand's elements are unknown altogether.
 */
export function broadcastElements(
  operands: readonly InferredValue[],
  dims: readonly Dim[] | undefined,
  combine: (elements: readonly Dim[]) => Dim
): Dim[] | undefined {
  const sizes = knownDims(dims)
  const count = sizes === undefined ? Infinity : elementCount(sizes)
  if (sizes === undefined || count > maxConstantElements) return undefined
  const sources = operands.flatMap(({ dims: operandDims, elements }) =>
    elements === undefined ? [] : [{ elements, places: broadcastPlaces(operandDims, sizes) }]
  )
  if (sources.length < operands.length) return undefined
  const row = new Array<Dim>(sources.length).fill(undefined)
  const result: Dim[] = []
  for (let flat = 0; flat < count; flat++) {
    for (let operand = 0; operand < sources.length; operand++) {
      const { elements, places } = sources[operand]!
      row[operand] = elements[places === undefined ? flat : places[flat]!]
    }
    result.push(combine(row))
  }
  return result
}

/** Where each element of the result [sizes] comes from in an operand; undefined when every one keeps its place. */
function broadcastPlaces(
  dims: readonly Dim[] | undefined,
  sizes: readonly number[]
): Uint32Array | undefined {
  const operandSizes = knownDims(dims) ?? []
  const count = elementCount(sizes)
  if (elementCount(operandSizes) === count) return undefined
  const missing = sizes.length - operandSizes.length
  return Uint32Array.from({ length: count }, (_, flat) => {
    let [place, remaining, stride] = [0, flat, 1]
    for (let axis = sizes.length - 1; axis >= missing; axis--) {
      const size = operandSizes[axis - missing]!
      if (size > 1) place += (remaining % sizes[axis]!) * stride
      remaining = Math.floor(remaining / sizes[axis]!)
      stride *= size
    }
    return place
  })
}
