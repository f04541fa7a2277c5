import type { RankPolicyName } from '@contract/rank-plan'
import { assertAllocatable, describeAllocation, type Allocation } from './allocation'
import { effectiveRankPolicy } from './effective-rank'
import { energyPolicy } from './energy'
import { manualPolicy } from './manual'
import type { AllocationProblem, RankPolicy } from './rank-policy'
import { sensitivityPolicy } from './sensitivity'
import { uniformPolicy } from './uniform-policy'
import { waterFillingPolicy } from './water-filling'

/** Every rank policy by name. A new policy is a file and a row here. */
export const rankPolicyTable = {
  uniform: uniformPolicy,
  energy: energyPolicy,
  'water-filling': waterFillingPolicy,
  'effective-rank': effectiveRankPolicy,
  sensitivity: sensitivityPolicy,
  manual: manualPolicy
} as const satisfies Record<RankPolicyName, RankPolicy>

/**
 * Checks the problem, lets the policy decide, and prices the decision.
 *
 * Fast enough for a slider: nothing is decomposed, only spectra are read. Deterministic.
 *
 * @throws WorkbenchError `invalid-input`, `numerical` or `internal`, as `assertAllocatable` and the policy say.
 */
export function allocateRanks(policy: RankPolicyName, problem: AllocationProblem): Allocation {
  assertAllocatable(problem.layers, problem.constraints)
  return describeAllocation(problem.layers, rankPolicyTable[policy].allocate(problem))
}
