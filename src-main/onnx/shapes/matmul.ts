/** Matrix products. */
import { readInt, readString } from '../ir/attribute'
import type { DataType } from '../ir/data-type'
import type { Node } from '../ir/model'
import { broadcastDims } from './broadcast'
import { inferredValue, type Dim } from './inferred-value'
import { contradiction, formatDims, type RuleFamily, type ShapeRule } from './shape-rule'

/**
 * The shape of a numpy matmul: [..., m, k] x [..., k, n] -> [..., m, n]; a vector is a matrix whose added axis
 * is dropped again.
 *
 * @throws WorkbenchError `invalid-input` when the inner sizes differ.
 */
export function matmulDims(
  node: Node,
  left: readonly Dim[] | undefined,
  right: readonly Dim[] | undefined
): readonly Dim[] | undefined {
  if (left === undefined || right === undefined) return undefined
  if (left.length === 0 || right.length === 0) throw contradiction(node, 'a factor is a scalar')
  const inner = left[left.length - 1]
  const rightInner = right.length === 1 ? right[0] : right[right.length - 2]
  if (inner !== undefined && rightInner !== undefined && inner !== rightInner) {
    throw contradiction(
      node,
      `the inner sizes of ${formatDims(left)} and ${formatDims(right)} differ (${inner} and ${rightInner})`
    )
  }
  const batch = broadcastDims(node, [left.slice(0, -2), right.slice(0, -2)]) ?? []
  const rows = left.length === 1 ? [] : [left[left.length - 2]]
  const columns = right.length === 1 ? [] : [right[right.length - 1]]
  return [...batch, ...rows, ...columns]
}

/** A matmul of inputs `left` and `right` whose output has `outputType`, or the left input's type. */
export function matmulRule(left: number, right: number, outputType?: DataType): ShapeRule {
  return (context) => {
    const a = context.input(left)
    const dims = matmulDims(context.node, a.dims, context.input(right).dims)
    return [inferredValue(outputType ?? a.dataType, dims)]
  }
}

const gemm: ShapeRule = ({ node, input }) => {
  const a = orient(input(0).dims, readInt(node, 'transA', 0))
  const b = orient(input(1).dims, readInt(node, 'transB', 0))
  const dims = matmulDims(node, a, b) ?? [a?.[0], b?.[1]]
  const bias = input(2).dims
  // C must reach [m, n] without widening it.
  if (bias !== undefined) broadcastDims(node, [dims, bias])
  return [inferredValue(input(0).dataType, dims)]
}

function orient(dims: readonly Dim[] | undefined, isTransposed: number): readonly Dim[] | undefined {
  return isTransposed === 1 && dims !== undefined ? dims.toReversed() : dims
}

/** No product of 64 axes needs more; the equation is text of any length. */
const longestEquation = 1024

/** Einsum without an ellipsis; with one the shape stays unknown. */
const einsum: ShapeRule = (context) => {
  const { node } = context
  const dataType = context.input(0).dataType
  const equation = readString(node, 'equation', '').replaceAll(' ', '')
  const [terms = '', explicit] = equation.split('->')
  if (equation.includes('.') || equation.length > longestEquation) return [inferredValue(dataType, undefined)]
  const sizes = new Map<string, Dim>()
  terms.split(',').forEach((term, index) => {
    const { dims } = context.input(index)
    if (dims !== undefined && dims.length !== term.length) {
      throw contradiction(node, `'${term}' names ${term.length} axes of a value of shape ${formatDims(dims)}`)
    }
    ;[...term].forEach((label, axis) => {
      const known = sizes.get(label)
      const size = dims?.[axis]
      if (known !== undefined && size !== undefined && known !== size && known !== 1 && size !== 1) {
        throw contradiction(node, `axis '${label}' is both ${known} and ${size}`)
      }
      if (known === undefined || known === 1) sizes.set(label, size ?? known)
    })
  })
  const output = explicit ?? implicitOutput(terms)
  return [
    inferredValue(
      dataType,
      [...output].map((label) => sizes.get(label))
    )
  ]
}

/** Without `->` the output has the labels that occur once, in alphabetical order. */
function implicitOutput(terms: string): string {
  const counts = new Map<string, number>()
  for (const label of terms.replaceAll(',', '')) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts]
    .flatMap(([label, count]) => (count === 1 ? [label] : []))
    .sort()
    .join('')
}

export const matmulRules: RuleFamily = {
  MatMul: matmulRule(0, 1),
  Gemm: gemm,
  Einsum: einsum,
  FusedMatMul: ({ node, input }) => {
    const a = swapLastAxes(input(0).dims, readInt(node, 'transA', 0))
    const b = swapLastAxes(input(1).dims, readInt(node, 'transB', 0))
    return [inferredValue(input(0).dataType, matmulDims(node, a, b))]
  }
}

function swapLastAxes(dims: readonly Dim[] | undefined, isTransposed: number): readonly Dim[] | undefined {
  if (dims === undefined || isTransposed !== 1 || dims.length < 2) return dims
  return [...dims.slice(0, -2), dims[dims.length - 1], dims[dims.length - 2]]
}
