/** Maximum and minimum of several operands. Operands that tie share the cotangent equally. */
import { sumToShape } from '../sum-to-shape'
import { onlyCotangent, typeOf, type Vjp, type VjpFamily } from '../vjp'

const extremum: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const dataType = typeOf(context)
  const winners = node.inputs.map((input) =>
    graph.cast(graph.node('Equal', [input, node.outputs[0]!]), dataType)
  )
  const share = graph.div(onlyCotangent(context), graph.node('Sum', winners))
  return node.inputs.map((input, index) =>
    isNeeded(index) ? sumToShape(graph, graph.mul(share, winners[index]!), input, node.inputs) : undefined
  )
}

export const extremumRules: VjpFamily = { Max: extremum, Min: extremum }
