/** Operators that move elements without choosing among them. */
import { intAttribute, intsAttribute, readInts } from '../../onnx/ir/attribute'
import { sumToShape } from '../sum-to-shape'
import { dimsOf, onlyCotangent, type Vjp, type VjpFamily } from '../vjp'

const reshape: Vjp = (context) => {
  const { node, graph } = context
  return [graph.reshape(onlyCotangent(context), graph.shapeOf(node.inputs[0]!))]
}

const transpose: Vjp = (context) => {
  const permutation = readInts(context.node, 'perm')
  const inverse = permutation?.map((_, axis) => permutation.indexOf(axis))
  return [
    context.graph.node(
      'Transpose',
      [onlyCotangent(context)],
      inverse === undefined ? {} : { perm: intsAttribute(inverse) }
    )
  ]
}

const expand: Vjp = (context) => {
  const { node, graph } = context
  const [x] = node.inputs as [string]
  return [sumToShape(graph, onlyCotangent(context), x, [x, node.outputs[0]!])]
}

/** An axis of size d repeated r times is [r, d]: the cotangent is summed over r. */
const tile: Vjp = (context) => {
  const { node, graph } = context
  const [x, repeats] = node.inputs as [string, string]
  const rank = dimsOf(context, 0).length
  if (rank === 0) return [onlyCotangent(context)]
  const column = (vector: string) => graph.node('Unsqueeze', [vector, graph.ints([1])])
  const pairs = graph.node('Concat', [column(repeats), column(graph.shapeOf(x))], { axis: intAttribute(1) })
  const split = graph.reshape(onlyCotangent(context), graph.reshape(pairs, graph.ints([-1])))
  const copies = Array.from({ length: rank }, (_, axis) => 2 * axis)
  return [graph.reduceSum(split, copies, false)]
}

const identity: Vjp = (context) => [onlyCotangent(context)]

export const movementRules: VjpFamily = {
  Identity: identity,
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Expand: expand,
  Tile: tile
}
