/**
 * The one table of gradient rules. An operator on a path from a weight to the loss that is neither here nor among
 * the stops is an error that names it. docs/gradients.md is the same table for readers; a test compares the two.
 */
import type { Node } from '../../onnx/ir/model'
import type { Vjp, VjpFamily } from '../vjp'
import { activationRules } from './activations'
import { arithmeticRules } from './arithmetic'
import { batchNormalizationRules } from './batch-normalization'
import { convolutionRules } from './convolution'
import { cumulativeSumRules } from './cumulative-sum'
import { dropoutRules } from './dropout'
import { einsumRules } from './einsum'
import { extremumRules } from './extrema'
import { groupNormalizationRules } from './group-normalization'
import { indexingRules } from './indexing'
import { joiningRules } from './joining'
import { layerNormalizationRules } from './layer-normalization'
import { matmulRules } from './matmul'
import { movementRules } from './movement'
import { poolingRules } from './pooling'
import { reductionRules } from './reductions'
import { softmaxRules } from './softmax'
import { isStandardOperator } from '../../onnx/ir/operator-domains'

export const vjpRules: VjpFamily = {
  ...arithmeticRules,
  ...activationRules,
  ...extremumRules,
  ...matmulRules,
  ...einsumRules,
  ...softmaxRules,
  ...layerNormalizationRules,
  ...batchNormalizationRules,
  ...groupNormalizationRules,
  ...reductionRules,
  ...cumulativeSumRules,
  ...convolutionRules,
  ...poolingRules,
  ...movementRules,
  ...joiningRules,
  ...indexingRules,
  ...dropoutRules
}

/** Operators whose outputs do not change with their inputs, or are constant almost everywhere: gradients end here. */
// prettier-ignore
export const gradientStops: ReadonlySet<string> = new Set([
  'And', 'ArgMax', 'ArgMin', 'Bernoulli', 'Ceil', 'Constant', 'ConstantOfShape', 'Equal', 'EyeLike', 'Floor',
  'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less', 'LessOrEqual', 'Multinomial', 'NonZero', 'Not', 'Or',
  'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Round', 'Shape', 'Sign', 'Size', 'Xor'
])

/** The rule for a node, if there is one. */
export function vjpFor(node: Node): Vjp | undefined {
  return isStandardOperator(node) && Object.hasOwn(vjpRules, node.opType) ? vjpRules[node.opType] : undefined
}

/** Whether gradients end at this node. */
export function isGradientStop(node: Node): boolean {
  return isStandardOperator(node) && gradientStops.has(node.opType)
}
