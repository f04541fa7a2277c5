/** y = x̂·scale + bias with x̂ standardized over the axes from `axis` to the last. */
import { readFloat, readInt } from '../../onnx/ir/attribute'
import { resolveAxis } from '../../onnx/shapes/shape-rule'
import { standardize, standardizeCotangent, type Standardized } from '../standardize'
import { sumToShape } from '../sum-to-shape'
import { dimsOf, onlyCotangent, typeOf, type Vjp, type VjpContext, type VjpFamily } from '../vjp'

const layerNormalization: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const c = onlyCotangent(context)
  const [x, scale, bias] = node.inputs as [string, string, string?]
  const rank = dimsOf(context, 0).length
  const first = resolveAxis(node, readInt(node, 'axis', -1), rank)
  const axes = Array.from({ length: rank - first }, (_, index) => first + index)
  const epsilon = readFloat(node, 'epsilon', 1e-5)
  // Only the bias does not need x̂.
  const parts =
    isNeeded(0) || isNeeded(1)
      ? (standardizedAhead(context, axes) ??
        standardize(graph, x, axes, { epsilon, dataType: typeOf(context) }))
      : undefined
  return [
    parts !== undefined && isNeeded(0) ? standardizeCotangent(graph, parts, graph.mul(c, scale)) : undefined,
    parts !== undefined && isNeeded(1)
      ? sumToShape(graph, graph.mul(c, parts.normalized), scale, [scale, x])
      : undefined,
    bias !== undefined && isNeeded(2) ? sumToShape(graph, c, bias, [bias, x]) : undefined
  ]
}

/** x̂ from the mean and deviation that the forward pass has anyway; in other types it keeps them in float32 only. */
function standardizedAhead(context: VjpContext, axes: readonly number[]): Standardized | undefined {
  const { node, graph } = context
  if (typeOf(context) !== 'float32') return undefined
  const inverse = graph.outputOf(node, 2)
  const centred = graph.sub(node.inputs[0]!, graph.outputOf(node, 1))
  return { normalized: graph.mul(centred, inverse), inverse, axes }
}

export const layerNormalizationRules: VjpFamily = { LayerNormalization: layerNormalization }
