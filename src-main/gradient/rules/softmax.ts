/** Softmax and its logarithm along one axis (their meaning since opset 13). */
import { intAttribute, readInt } from '../../onnx/ir/attribute'
import { onlyCotangent, type Vjp, type VjpContext, type VjpFamily } from '../vjp'

function sumAlongAxis({ node, graph }: VjpContext, value: string): string {
  return graph.node('ReduceSum', [value, graph.ints([readInt(node, 'axis', -1)])], {
    keepdims: intAttribute(1)
  })
}

/** y·(c − Σ c·y). */
const softmax: Vjp = (context) => {
  const { node, graph } = context
  const c = onlyCotangent(context)
  const y = node.outputs[0]!
  return [graph.mul(y, graph.sub(c, sumAlongAxis(context, graph.mul(c, y))))]
}

/** c − eʸ·Σ c. */
const logSoftmax: Vjp = (context) => {
  const { node, graph } = context
  const c = onlyCotangent(context)
  return [graph.sub(c, graph.mul(graph.node('Exp', [node.outputs[0]!]), sumAlongAxis(context, c)))]
}

export const softmaxRules: VjpFamily = { Softmax: softmax, LogSoftmax: logSoftmax }
