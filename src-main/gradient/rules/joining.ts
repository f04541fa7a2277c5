/** Concat and Split: each is the other's cotangent. */
import { intAttribute, readInt } from '../../onnx/ir/attribute'
import { resolveAxis } from '../../onnx/shapes/shape-rule'
import { dimsOf, onlyCotangent, typeOf, type Vjp, type VjpFamily } from '../vjp'

const concat: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const c = onlyCotangent(context)
  const axis = resolveAxis(node, readInt(node, 'axis', 0), dimsOf(context, 0).length)
  const sizes = node.inputs.map((input) => graph.dims(input)?.[axis])
  const split = sizes.every((size) => size !== undefined)
    ? graph.ints(sizes)
    : graph.node(
        'Concat',
        node.inputs.map((input) => graph.sizeAt(input, axis)),
        { axis: intAttribute(0) }
      )
  const parts = graph.nodes('Split', [c, split], node.inputs.length, { axis: intAttribute(axis) })
  return parts.map((part, index) => (isNeeded(index) ? part : undefined))
}

/** A part that the loss does not depend on contributes zeros. */
const split: Vjp = (context) => {
  const { node, graph, cotangent } = context
  const dataType = typeOf(context)
  const parts = node.outputs.map(
    (_, index) => cotangent(index) ?? graph.filled(graph.shapeOf(graph.outputOf(node, index)), 0, dataType)
  )
  return [graph.node('Concat', parts, { axis: intAttribute(readInt(node, 'axis', 0)) })]
}

export const joiningRules: VjpFamily = { Concat: concat, Split: split }
