/** Normalizations: the output has the input's shape; some also return the statistics. */
import { readInt } from '../ir/attribute'
import { inferredValue } from './inferred-value'
import { resolveAxis, type RuleFamily, type ShapeRule } from './shape-rule'

const likeFirst: ShapeRule = ({ input }) => [inferredValue(input(0).dataType, input(0).dims)]

/** Outputs Y, Mean and InvStdDev; the statistics keep 1 in place of every normalised axis. */
const layerNorm: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  if (dims === undefined) return [inferredValue(dataType, undefined)]
  const axis = resolveAxis(node, readInt(node, 'axis', -1), dims.length)
  const statistics = inferredValue(
    'float32',
    dims.map((dim, position) => (position < axis ? dim : 1))
  )
  return [inferredValue(dataType, dims), statistics, statistics]
}

/** In training mode the running statistics [channels] follow the normalised value. */
const batchNorm: ShapeRule = ({ input }) => {
  const { dataType, dims } = input(0)
  const statistics = inferredValue(dataType, [dims?.[1]])
  return [inferredValue(dataType, dims), statistics, statistics]
}

/** ONNX Runtime's fusion with the residual sum, which is the fourth output. */
const skipLayerNorm: ShapeRule = ({ input }) => {
  const { dataType, dims } = input(0)
  const statistics = inferredValue('float32', dims && [...dims.slice(0, -1), 1])
  return [inferredValue(dataType, dims), statistics, statistics, inferredValue(dataType, dims)]
}

export const normalizationRules: RuleFamily = {
  LayerNormalization: layerNorm,
  SimplifiedLayerNormalization: layerNorm,
  BatchNormalization: batchNorm,
  SkipLayerNormalization: skipLayerNorm,
  SkipSimplifiedLayerNormalization: skipLayerNorm,
  RMSNormalization: likeFirst,
  InstanceNormalization: likeFirst,
  GroupNormalization: likeFirst,
  LpNormalization: likeFirst,
  LRN: likeFirst,
  MeanVarianceNormalization: likeFirst
}
