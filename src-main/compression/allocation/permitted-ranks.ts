import type { PricedLayer, RankConstraints } from './allocation'
import { breakEvenRank } from './break-even'

/** The multiples of `step` from `smallest` to `largest`, both of them included. */
export interface PermittedRanks {
  readonly smallest: number
  readonly largest: number
  readonly step: number
}

/**
 * The ranks that the constraints leave to a layer: multiples from the minimum to break-even. Undefined when there are
 * none, or the layer is protected: it stays dense.
 */
export function permittedRanks(
  { layerIds, inFeatures, outFeatures }: Pick<PricedLayer, 'layerIds' | 'inFeatures' | 'outFeatures'>,
  { rankMultiple, minimumRank, keepDense }: RankConstraints
): PermittedRanks | undefined {
  const smallest = Math.ceil(minimumRank / rankMultiple) * rankMultiple
  const largest = Math.floor(breakEvenRank(inFeatures, outFeatures) / rankMultiple) * rankMultiple
  if (smallest > largest || layerIds.some((id) => keepDense.has(id))) return undefined
  return { smallest, largest, step: rankMultiple }
}

/**
 * The decision nearest to a wish for `wanted` ranks, a real number from 0: the next multiple below or above it, at
 * least the smallest permitted rank. Undefined, dense, when that is above break-even or does not cost less than dense.
 */
export function snapRank(
  layer: PricedLayer,
  constraints: RankConstraints,
  wanted: number,
  direction: 'down' | 'up'
): number | undefined {
  const permitted = permittedRanks(layer, constraints)
  if (permitted === undefined) return undefined
  const { smallest, largest, step } = permitted
  const steps = direction === 'down' ? Math.floor(wanted / step) : Math.ceil(wanted / step)
  const rank = Math.max(smallest, steps * step)
  return rank > largest || layer.cost.ofRank(rank) >= layer.cost.dense ? undefined : rank
}
