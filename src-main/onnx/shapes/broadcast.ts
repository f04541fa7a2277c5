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
 * `combine` sees one element of each operand; an unknown element arrives as undefined.
 * Undefined when the result is too large, or its shape or any operand's elements are unknown altogether.
 */
export function broadcastElements(
  operands: readonly InferredValue[],
  dims: readonly Dim[] | undefined,
  combine: (elements: readonly Dim[]) => Dim
): Dim[] | undefined {
  const sizes = knownDims(dims)
  if (sizes === undefined || elementCount(sizes) > maxConstantElements) return undefined
  if (operands.some((operand) => operand.elements === undefined)) return undefined
  const rank = sizes.length
  return Array.from({ length: elementCount(sizes) }, (_, flat) =>
    combine(
      operands.map((operand) => {
        const operandDims = knownDims(operand.dims) ?? []
        let index = 0
        let remaining = flat
        let stride = 1
        for (let axis = rank - 1; axis >= 0; axis--) {
          const position = remaining % sizes[axis]!
          remaining = Math.floor(remaining / sizes[axis]!)
          const size =
            axis - (rank - operandDims.length) < 0 ? 1 : operandDims[axis - rank + operandDims.length]!
          if (size > 1) index += position * stride
          stride *= size
        }
        return operand.elements![index]
      })
    )
  )
}
