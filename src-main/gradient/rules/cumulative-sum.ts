/** The running sum along an axis: its cotangent is the running sum from the other end. */
import { intAttribute, readInt } from '../../onnx/ir/attribute'
import { onlyCotangent, type Vjp, type VjpFamily } from '../vjp'

const cumulativeSum: Vjp = (context) => {
  const { node, graph } = context
  const attributes = {
    exclusive: intAttribute(readInt(node, 'exclusive', 0)),
    reverse: intAttribute(1 - readInt(node, 'reverse', 0))
  }
  return [graph.node('CumSum', [onlyCotangent(context), node.inputs[1]!], attributes)]
}

export const cumulativeSumRules: VjpFamily = { CumSum: cumulativeSum }
