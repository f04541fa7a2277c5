/**
 * Water filling: ranks go where they save most relative output error per cost, over all layers at once.
 *
 *   minimise Σ_l uses_l · Σ_{i≥r_l} σ_{l,i}² ÷ E_l   subject to Σ_l cost_l(r_l) ≤ budget
 *
 * Within a layer the loss is convex in the rank; the jump to dense, which loses nothing, is not, and is weighed as
 * one step. Source: own derivation, docs/numerics.md, "Rank allocation"; CARE (arXiv 2603.17946) fills greedily on
 * σ_{r+1}² ÷ tail energy, a different weight. Limits: relative error of a layer is not what the layer does to words.
 */
import type { PricedLayer, RankConstraints } from './allocation'
import { choiceCurve, type ChoiceCurve } from './choice-curve'
import { permittedRanks } from './permitted-ranks'
import { needed, type RankPolicy } from './rank-policy'
import { chooseSteepest } from './steepest-choices'
import { relativeTails } from './tail-energy'

export const waterFillingPolicy: RankPolicy = {
  name: 'water-filling',
  version: 1,
  needs: ['budget'],
  allocate(problem) {
    const curves = problem.layers.map((layer) => lossCurve(layer, problem.constraints))
    const chosen = chooseSteepest(curves, needed(problem, 'budget', 'water-filling'))
    return curves.map(({ ranks }, index) => ranks[chosen[index]!])
  }
}

/** Cost and relative error of every permitted rank and of dense, which comes last and loses nothing. */
function lossCurve(layer: PricedLayer, constraints: RankConstraints): ChoiceCurve {
  const permitted = permittedRanks(layer, constraints)
  const { smallest, largest, step } = permitted ?? { smallest: 1, largest: 0, step: 1 }
  const count = Math.floor((largest - smallest) / step) + 1
  const ranks = new Array<number | undefined>(count + 1)
  const costs = new Float64Array(count + 1)
  const losses = new Float64Array(count + 1)
  const tails = relativeTails(layer)
  const uses = layer.layerIds.length
  for (let i = 0; i < count; i++) {
    const rank = smallest + i * step
    ranks[i] = rank
    costs[i] = layer.cost.ofRank(rank)
    losses[i] = uses * tails[rank]!
  }
  costs[count] = layer.cost.dense
  return choiceCurve(ranks, costs, losses)
}
