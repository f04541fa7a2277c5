/** The one table of shape rules. An operator that is not here has unknown outputs. */
import { attentionRules, contributedAttentionRules } from './attention'
import { constantRules } from './constants'
import { controlFlowRules } from './control-flow'
import { convRules } from './conv'
import { elementwiseRules } from './elementwise'
import { matmulRules } from './matmul'
import { normalizationRules } from './normalization'
import { poolingRules } from './pooling'
import { quantizationRules } from './quantization'
import { recurrentRules } from './recurrent'
import { reductionRules } from './reduction'
import { reshapingRules } from './reshaping'
import { selectionRules } from './selection'
import type { RuleFamily, ShapeRule } from './shape-rule'
import { signalRules } from './signal'
import type { Node } from '../ir/model'

/** Operator types are unambiguous across these families, except Attention, which differs per domain. */
const rules: RuleFamily = {
  ...constantRules,
  ...controlFlowRules,
  ...convRules,
  ...elementwiseRules,
  ...matmulRules,
  ...normalizationRules,
  ...poolingRules,
  ...quantizationRules,
  ...recurrentRules,
  ...reductionRules,
  ...reshapingRules,
  ...selectionRules,
  ...signalRules,
  ...attentionRules
}

const contributedRules: RuleFamily = { ...rules, ...contributedAttentionRules }

/** Families by operator domain. ONNX Runtime repeats standard operators in its own domains. */
const rulesByDomain = new Map<string, RuleFamily>([
  ['', rules],
  ['ai.onnx', rules],
  ['com.microsoft', contributedRules]
])

/** The rule for a node, if Lathe has one. */
export function shapeRuleFor(node: Node): ShapeRule | undefined {
  const family = rulesByDomain.get(node.domain)
  return family !== undefined && Object.hasOwn(family, node.opType) ? family[node.opType] : undefined
}
