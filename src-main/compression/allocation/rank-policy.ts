import { WorkbenchError } from '@contract/errors'
import type { EnergyThresholds, RankMap, RankPolicyName, SensitivityTable } from '@contract/rank-plan'
import type { PricedLayer, RankConstraints, Ranks } from './allocation'

/** Everything that a policy may be told. Which members it needs, its file says. */
export interface AllocationProblem {
  readonly layers: readonly PricedLayer[]
  readonly constraints: RankConstraints
  /** What the layers may cost together, in the unit of their costs (`layerBudget`). */
  readonly budget?: number
  readonly energyThresholds?: EnergyThresholds
  readonly sensitivities?: SensitivityTable
  readonly rankMap?: RankMap
}

/** A way to choose ranks. Each policy is one file in this folder and one row of the table in `policies.ts`. */
export interface RankPolicy {
  readonly name: RankPolicyName
  /** Raised when the same problem would get other ranks: it is part of every trial's identity. */
  readonly version: number
  /** What must be in the problem besides layers and constraints. */
  readonly needs: readonly ('budget' | 'sensitivities' | 'rankMap')[]
  /**
   * Deterministic. With a budget the ranks cost no more than it.
   *
   * @throws WorkbenchError `invalid-input` when something needed is missing or the budget cannot be met.
   */
  readonly allocate: (problem: AllocationProblem) => Ranks
}

/** A member that a policy cannot do without. @throws WorkbenchError `invalid-input` when it is missing. */
export function needed<Name extends 'budget' | 'sensitivities' | 'rankMap'>(
  problem: AllocationProblem,
  name: Name,
  policy: RankPolicyName
): NonNullable<AllocationProblem[Name]> {
  const value = problem[name]
  if (value === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `The rank policy '${policy}' needs ${nouns[name]}; give it one.`
    )
  }
  return value
}

const nouns = { budget: 'a budget', sensitivities: 'a sensitivity table', rankMap: 'a rank map' } as const
