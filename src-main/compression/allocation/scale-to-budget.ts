import { WorkbenchError } from '@contract/errors'
import { totalCost, type PricedLayer, type Ranks } from './allocation'

/** Halvings of [0, 1]: below it doubles cannot tell two scales apart. */
const halvings = 60

/**
 * The ranks at the largest scale in [0, 1] that the budget affords, by bisection.
 *
 * `ranksAt(scale)` must not get cheaper as the scale grows. Where measured latencies break that, the answer still
 * keeps the budget but may not be the largest.
 *
 * @throws WorkbenchError `invalid-input` when scale 0 is too expensive already.
 */
export function scaleToBudget(
  layers: readonly PricedLayer[],
  budget: number,
  ranksAt: (scale: number) => Ranks
): Ranks {
  const isAffordable = (ranks: Ranks) => totalCost(layers, ranks) <= budget
  const most = ranksAt(1)
  if (isAffordable(most)) return most
  let affordable = ranksAt(0)
  if (!isAffordable(affordable)) throw unaffordable(totalCost(layers, affordable), budget)
  let low = 0
  let high = 1
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2
    const ranks = ranksAt(middle)
    if (isAffordable(ranks)) {
      low = middle
      affordable = ranks
    } else {
      high = middle
    }
  }
  return affordable
}

/** The error for a budget below the least that the layers can cost. */
export function unaffordable(least: number, budget: number): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `The layers cost at least ${least} at their smallest permitted ranks, the budget leaves ${budget}; raise it, lower the minimum rank or protect fewer layers.`,
    { details: { least, budget } }
  )
}
