/**
 * Effective rank: layers whose energy is spread over more directions get more ranks.
 *
 *   R_l = exp(−Σ p_i · ln p_i),  p_i = σ_i² ÷ Σσ²
 *   minimise Σ_l R_l ÷ r_l  subject to Σ_l w_l · r_l = budget   ⇒   r_l = c · √(R_l ÷ w_l),  w_l the cost of one rank
 *
 * c is searched after clipping and snapping, so that what clipped layers cannot use goes to the others.
 *
 * Source: D-Rank (arXiv 2509.25622) and its authors' code, which square σ; Roy and Vetterli (2007), who named the
 * effective rank, do not. Left out of D-Rank: a separate budget per module type, moving ranks from q and k to v, and
 * falling back to uniform where its reconstruction error is lower. Limits: no statement about what a rank loses.
 */
import type { PricedLayer, RankConstraints } from './allocation'
import { permittedRanks, snapRank } from './permitted-ranks'
import { needed, type RankPolicy } from './rank-policy'
import { scaleToBudget } from './scale-to-budget'

export const effectiveRankPolicy: RankPolicy = {
  name: 'effective-rank',
  version: 1,
  needs: ['budget'],
  allocate(problem) {
    const { layers, constraints } = problem
    const weights = layers.map((layer) => rankWeight(layer, constraints))
    // At this scale the layer that is given least is past break-even, and so is every other one.
    const widest = Math.max(
      ...layers.map((layer, index) => {
        const largest = permittedRanks(layer, constraints)?.largest ?? 0
        return (largest + constraints.rankMultiple) / weights[index]!
      })
    )
    return scaleToBudget(layers, needed(problem, 'budget', 'effective-rank'), (scale) =>
      layers.map((layer, index) => snapRank(layer, constraints, scale * widest * weights[index]!, 'down'))
    )
  }
}

/** √(R ÷ w): the share of ranks that the Lagrange condition gives a layer. */
function rankWeight(layer: PricedLayer, constraints: RankConstraints): number {
  const reference = permittedRanks(layer, constraints)?.largest
  // A layer that stays dense is not given ranks; its weight only has to be a number.
  if (reference === undefined) return 1
  return Math.sqrt(effectiveRank(layer.singularValues) / (layer.cost.ofRank(reference) / reference))
}

/**
 * exp of the entropy of σ² ÷ Σσ²: how many directions carry the energy, 1 ≤ R ≤ the number of values. 1 when all
 * values are 0.
 */
export function effectiveRank(singularValues: Float64Array): number {
  const largest = singularValues[0] ?? 0
  if (largest === 0) return 1
  // Squares of σ ÷ σ_0 cannot overflow.
  let whole = 0
  for (const value of singularValues) whole += (value / largest) ** 2
  let entropy = 0
  for (const value of singularValues) {
    const share = (value / largest) ** 2 / whole
    // p · ln p tends to 0.
    if (share > 0) entropy -= share * Math.log(share)
  }
  return Math.exp(entropy)
}
