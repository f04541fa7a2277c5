import type { Ranks } from './allocation'

/**
 * What can be chosen for one layer, from the cheapest to the best: costs strictly rise, losses strictly fall.
 */
export interface ChoiceCurve {
  readonly ranks: Ranks
  readonly costs: Float64Array
  readonly losses: Float64Array
}

/**
 * The choices worth having: those that no other choice beats in cost and loss at once.
 *
 * This is where a layer falls back to dense: once dense is not dearer than a rank, the rank drops out. The arguments
 * are parallel; neither is modified. Of two equal choices the first stays.
 */
export function choiceCurve(ranks: Ranks, costs: Float64Array, losses: Float64Array): ChoiceCurve {
  if (isStrict(costs, losses)) return { ranks, costs, losses }
  const order = cheapestFirst(costs, losses)
  let count = 0
  for (const index of order) {
    // Of equal costs the least loss came first, so whoever saves nothing is beaten.
    const last = order[count - 1]
    if (last === undefined || losses[index]! < losses[last]!) order[count++] = index
  }
  const kept = order.subarray(0, count)
  const curve = {
    ranks: new Array<number | undefined>(count),
    costs: new Float64Array(count),
    losses: new Float64Array(count)
  }
  for (let i = 0; i < count; i++) {
    curve.ranks[i] = ranks[kept[i]!]
    curve.costs[i] = costs[kept[i]!]!
    curve.losses[i] = losses[kept[i]!]!
  }
  return curve
}

/** Whether no choice is beaten and all are in order, as with linear costs: nothing to do then. */
function isStrict(costs: Float64Array, losses: Float64Array): boolean {
  for (let i = 1; i < costs.length; i++) {
    if (!(costs[i]! > costs[i - 1]! && losses[i]! < losses[i - 1]!)) return false
  }
  return true
}

/** Indices in ascending order of cost; of equal costs the smaller loss first, then the earlier choice. */
function cheapestFirst(costs: Float64Array, losses: Float64Array): Uint32Array {
  const order = new Uint32Array(costs.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((a, b) => costs[a]! - costs[b]! || losses[a]! - losses[b]! || a - b)
}
