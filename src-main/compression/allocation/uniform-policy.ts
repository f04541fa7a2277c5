/**
 * Uniform within a budget: every layer keeps the same fraction of its own parameters, the largest that is affordable.
 * It stands beside every other policy, because a policy that is cleverer about reconstruction error can be worse in
 * words (docs/methods.md).
 */
import { uniformAllocationVersion, allocateUniform } from './uniform'
import { snapRank } from './permitted-ranks'
import { needed, type RankPolicy } from './rank-policy'
import { scaleToBudget } from './scale-to-budget'

export const uniformPolicy: RankPolicy = {
  name: 'uniform',
  version: uniformAllocationVersion,
  needs: ['budget'],
  allocate(problem) {
    const { layers, constraints } = problem
    const { rankMultiple } = constraints
    return scaleToBudget(layers, needed(problem, 'budget', 'uniform'), (scale) => {
      // Scale 0 stands for the smallest ranks, which the smallest positive fraction gives as well.
      const retainedParameterFraction = Math.max(scale, Number.MIN_VALUE)
      return allocateUniform(layers, { retainedParameterFraction, rankMultiple }).map((rank, index) =>
        rank === undefined ? undefined : snapRank(layers[index]!, constraints, rank, 'down')
      )
    })
  }
}
