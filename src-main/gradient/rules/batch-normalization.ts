/** y = x̂·scale + bias per channel, x̂ from the batch (training) or from stored statistics (frozen). */
import { readFloat, readInt } from '../../onnx/ir/attribute'
import { alongChannels, exceptChannels, standardize, standardizeCotangent } from '../standardize'
import {
  constant,
  dimsOf,
  onlyCotangent,
  scaled,
  typeOf,
  type Vjp,
  type VjpContext,
  type VjpFamily
} from '../vjp'

const batchNormalization: Vjp = (context) =>
  readInt(context.node, 'training_mode', 0) === 1 ? training(context) : frozen(context)

/** The running statistics that come out beside y carry no gradient. */
function training(context: VjpContext): readonly (string | undefined)[] {
  const { node, graph, isNeeded } = context
  const c = onlyCotangent(context)
  const [x, scale] = node.inputs as [string, string]
  const rank = dimsOf(context, 0).length
  const axes = exceptChannels(rank)
  const epsilon = readFloat(node, 'epsilon', 1e-5)
  const parts = standardize(graph, x, axes, { epsilon, dataType: typeOf(context) })
  return [
    isNeeded(0)
      ? standardizeCotangent(graph, parts, graph.mul(c, alongChannels(graph, scale, rank)))
      : undefined,
    isNeeded(1) ? graph.reduceSum(graph.mul(c, parts.normalized), axes, false) : undefined,
    isNeeded(2) ? graph.reduceSum(c, axes, false) : undefined
  ]
}

/** With i = 1/√(var + ε): x̄ = c·scale·i, mean̄ = −Σ c·scale·i, var̄ = −½·Σ c·x̂·scale·i². */
function frozen(context: VjpContext): readonly (string | undefined)[] {
  const { node, graph, isNeeded } = context
  const c = onlyCotangent(context)
  const [x, scale, , mean, variance] = node.inputs as [string, string, string, string, string]
  const rank = dimsOf(context, 0).length
  const axes = exceptChannels(rank)
  const epsilon = constant(context, readFloat(node, 'epsilon', 1e-5))
  const inverse = graph.node('Reciprocal', [graph.node('Sqrt', [graph.add(variance, epsilon)])])
  const factor = graph.mul(scale, inverse)
  const sumOfC = () => graph.reduceSum(c, axes, false)
  const sumOfProduct = () => {
    const centred = graph.sub(x, alongChannels(graph, mean, rank))
    return graph.mul(graph.reduceSum(graph.mul(c, centred), axes, false), inverse)
  }
  return [
    isNeeded(0) ? graph.mul(c, alongChannels(graph, factor, rank)) : undefined,
    isNeeded(1) ? sumOfProduct() : undefined,
    isNeeded(2) ? sumOfC() : undefined,
    isNeeded(3) ? graph.node('Neg', [graph.mul(sumOfC(), factor)]) : undefined,
    isNeeded(4) ? scaled(context, graph.mul(sumOfProduct(), graph.mul(factor, inverse)), -0.5) : undefined
  ]
}

export const batchNormalizationRules: VjpFamily = { BatchNormalization: batchNormalization }
