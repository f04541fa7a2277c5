/** Instance and group normalization of [batch, channels, ...]: statistics per example and channel or group. */
import { readFloat, readInt } from '../../onnx/ir/attribute'
import { alongChannels, exceptChannels, standardize, standardizeCotangent } from '../standardize'
import { dimsOf, onlyCotangent, refusal, typeOf, type Vjp, type VjpFamily } from '../vjp'

const instanceNormalization: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const c = onlyCotangent(context)
  const [x, scale] = node.inputs as [string, string]
  const rank = dimsOf(context, 0).length
  const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 2)
  const epsilon = readFloat(node, 'epsilon', 1e-5)
  const parts = standardize(graph, x, spatial, { epsilon, dataType: typeOf(context) })
  const axes = exceptChannels(rank)
  return [
    isNeeded(0)
      ? standardizeCotangent(graph, parts, graph.mul(c, alongChannels(graph, scale, rank)))
      : undefined,
    isNeeded(1) ? graph.reduceSum(graph.mul(c, parts.normalized), axes, false) : undefined,
    isNeeded(2) ? graph.reduceSum(c, axes, false) : undefined
  ]
}

/** Scale and bias per channel, as since opset 21; before, they were per group. */
const groupNormalization: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  if (graph.opset < 21) throw refusal(node, 'it has one scale per group, as before opset 21')
  const c = onlyCotangent(context)
  const [x, scale] = node.inputs as [string, string]
  const rank = dimsOf(context, 0).length
  const shape = graph.shapeOf(x)
  // [batch, groups, the rest of a group]
  const grouped = graph.ints([0, readInt(node, 'num_groups', 1), -1])
  const group = (value: string) => graph.node('Reshape', [value, grouped])
  const epsilon = readFloat(node, 'epsilon', 1e-5)
  const parts = standardize(graph, group(x), [2], { epsilon, dataType: typeOf(context) })
  const axes = exceptChannels(rank)
  const cotangentOfX = () => {
    const g = group(graph.mul(c, alongChannels(graph, scale, rank)))
    return graph.reshape(standardizeCotangent(graph, parts, g), shape)
  }
  return [
    isNeeded(0) ? cotangentOfX() : undefined,
    isNeeded(1)
      ? graph.reduceSum(graph.mul(c, graph.reshape(parts.normalized, shape)), axes, false)
      : undefined,
    isNeeded(2) ? graph.reduceSum(c, axes, false) : undefined
  ]
}

export const groupNormalizationRules: VjpFamily = {
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization
}
