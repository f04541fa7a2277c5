import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import { factorParameterCount } from './allocation/break-even'

/** The decision for one layer. `rank` undefined: it stays dense. */
export interface PlannedLayer {
  readonly layer: LinearLayer
  readonly rank: number | undefined
}

/** What will be done to each selected layer: the whole of a compression, before anything is rewritten. */
export type CompressionPlan = readonly PlannedLayer[]

/**
 * Parameters kept ÷ parameters before over the plan's weights, each stored weight counted once. 1 for an empty plan.
 */
export function retainedParameterFraction(plan: CompressionPlan): number {
  let before = 0
  let after = 0
  const counted = new Set<string>()
  for (const { layer, rank } of plan) {
    if (counted.has(layer.weightName)) continue
    counted.add(layer.weightName)
    const dense = layer.inFeatures * layer.outFeatures
    before += dense
    after += rank === undefined ? dense : factorParameterCount(layer.inFeatures, layer.outFeatures, rank)
  }
  return before === 0 ? 1 : after / before
}
