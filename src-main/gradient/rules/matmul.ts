/** Matrix products: for Y = A·B with cotangent C, Ā = C·Bᵀ and B̄ = Aᵀ·C. */
import { floatAttribute, intAttribute, readFloat, readInt } from '../../onnx/ir/attribute'
import type { GraphWriter } from '../graph-writer'
import { sumToShape } from '../sum-to-shape'
import { dimsOf, onlyCotangent, scaled, type Vjp, type VjpContext, type VjpFamily } from '../vjp'

/** A matrix or a stack of them; a vector operand has been given its missing axis. */
interface Operand {
  readonly value: string
  readonly rank: number
}

const matmul: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const [a, b] = node.inputs as [string, string]
  const ranks = [dimsOf(context, 0).length, dimsOf(context, 1).length] as const
  const c = withMissingAxes(graph, onlyCotangent(context), ranks)
  const left = { value: ranks[0] === 1 ? unsqueeze(graph, a, 0) : a, rank: Math.max(2, ranks[0]) }
  const right = { value: ranks[1] === 1 ? unsqueeze(graph, b, 1) : b, rank: Math.max(2, ranks[1]) }
  return [
    isNeeded(0) ? leftCotangent(context, c, right, ranks) : undefined,
    isNeeded(1) ? rightCotangent(context, c, left, ranks) : undefined
  ]
}

function unsqueeze(graph: GraphWriter, value: string, axis: number): string {
  return graph.node('Unsqueeze', [value, graph.ints([axis])])
}

/** MatMul drops the axis that it adds to a vector operand; this puts it back. */
function withMissingAxes(graph: GraphWriter, c: string, ranks: readonly [number, number]): string {
  const columns = ranks[1] === 1 ? unsqueeze(graph, c, -1) : c
  return ranks[0] === 1 ? unsqueeze(graph, columns, -2) : columns
}

/** A vector's cotangent is a matrix with one row or column; `matrixRank` counts it. */
function fold(context: VjpContext, full: string, index: number, ranks: readonly [number, number]): string {
  const { node, graph } = context
  const input = node.inputs[index]!
  const batchRank = Math.max(ranks[0], ranks[1], 2) - 2
  if (ranks[index] === 1) {
    const axes = Array.from({ length: batchRank }, (_, axis) => axis)
    const summed = axes.length === 0 ? full : graph.reduceSum(full, axes, false)
    return graph.reshape(summed, graph.shapeOf(input))
  }
  if (batchRank === 0 || hasOwnStack(context, index)) return full
  return sumToShape(graph, full, input, batchOperands(context, index, ranks))
}

/** Whether the stack of an operand is known not to have been broadcast to that of the other. */
function hasOwnStack({ node, graph }: VjpContext, index: number): boolean {
  const [own, other] = [node.inputs[index]!, node.inputs[1 - index]!].map((input) =>
    graph.sizes(input)?.slice(0, -2)
  )
  if (own === undefined || other === undefined || own.length < other.length) return false
  const lead = own.length - other.length
  return other.every((size, axis) => size === 1 || size === own[lead + axis])
}

/** Broadcasting of stacks only looks at leading axes; the last two of any operand never differ from the result's. */
function batchOperands({ node }: VjpContext, index: number, ranks: readonly [number, number]): string[] {
  return ranks[1 - index] === 1 ? [node.inputs[index]!] : [...node.inputs]
}

function leftCotangent(
  context: VjpContext,
  c: string,
  right: Operand,
  ranks: readonly [number, number]
): string {
  const { graph } = context
  const full = graph.node('MatMul', [c, graph.swapLast(right.value, right.rank)])
  return fold(context, full, 0, ranks)
}

function rightCotangent(
  context: VjpContext,
  c: string,
  left: Operand,
  ranks: readonly [number, number]
): string {
  const { node, graph } = context
  if (ranks[1] === 2 && left.rank > 2) {
    // A weight shared by a stack: one product over all rows, instead of one per matrix and a sum of them.
    const rows = graph.reshape(node.inputs[0]!, rowShape(context, node.inputs[0]!, left.rank))
    const cotangentRows = graph.reshape(c, rowShape(context, node.inputs[1]!, 2))
    return graph.node('Gemm', [rows, cotangentRows], { transA: intAttribute(1) })
  }
  const full = graph.node('MatMul', [graph.swapLast(left.value, left.rank), c])
  return fold(context, full, 1, ranks)
}

/** [−1, last size of `value`]. */
function rowShape({ graph }: VjpContext, value: string, rank: number): string {
  const last = graph.dims(value)?.[rank - 1]
  if (last !== undefined) return graph.ints([-1, last])
  return graph.node('Concat', [graph.ints([-1]), graph.sizeAt(value, rank - 1)], { axis: intAttribute(0) })
}

/** Gemm: Y = α·A'·B' + β·C', A' and B' perhaps transposed. */
const gemm: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const [a, b, bias] = node.inputs as [string, string, string?]
  const c = onlyCotangent(context)
  const alpha = floatAttribute(readFloat(node, 'alpha', 1))
  const [isTransA, isTransB] = [readInt(node, 'transA', 0) === 1, readInt(node, 'transB', 0) === 1]
  const product = (left: string, isLeft: boolean, right: string, isRight: boolean) =>
    graph.node('Gemm', [left, right], {
      alpha,
      transA: intAttribute(Number(isLeft)),
      transB: intAttribute(Number(isRight))
    })
  return [
    isNeeded(0) ? (isTransA ? product(b, isTransB, c, true) : product(c, false, b, !isTransB)) : undefined,
    isNeeded(1) ? (isTransB ? product(c, true, a, isTransA) : product(a, !isTransA, c, false)) : undefined,
    bias !== undefined && isNeeded(2) ? biasCotangent(context, c) : undefined
  ]
}

/** The bias broadcasts to [rows, columns], which it may have itself. */
function biasCotangent(context: VjpContext, c: string): string {
  const { node, graph } = context
  const bias = node.inputs[2]!
  const scaledCotangent = scaled(context, c, readFloat(node, 'beta', 1))
  return sumToShape(graph, scaledCotangent, bias, [bias, node.outputs[0]!])
}

export const matmulRules: VjpFamily = { MatMul: matmul, Gemm: gemm }
