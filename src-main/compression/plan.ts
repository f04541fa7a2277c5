import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import { factorParameterCount } from './allocation/break-even'
import { layerMatrix } from './layer-matrix'

/** The decision for one layer. `rank` undefined: it stays dense. */
export interface PlannedLayer {
  readonly layer: LinearLayer
  readonly rank: number | undefined
}

/** What will be done to each selected layer: the whole of a compression, before anything is rewritten. */
export type CompressionPlan = readonly PlannedLayer[]

/**
 * Parameters kept ÷ parameters before over the plan's weights, each stored array counted once. 1 for an empty plan.
 *
 * Above 1 is possible: a weight that any layer of the model still uses as it was, in the plan or outside it, stays
 * in the file beside its factors.
 */
export function retainedParameterFraction(plan: CompressionPlan): number {
  let before = 0
  let after = 0
  for (const users of Map.groupBy(plan, ({ layer }) => layer.weightName).values()) {
    const { inFeatures, outFeatures, weightUses } = users[0]!.layer
    const factorised = users.filter(({ rank }) => rank !== undefined)
    before += inFeatures * outFeatures
    if (factorised.length < weightUses) after += inFeatures * outFeatures
    const ranks = new Map(factorised.map(({ layer, rank }) => [`${rank} ${layerMatrix(layer)}`, rank!]))
    for (const rank of ranks.values()) after += factorParameterCount(inFeatures, outFeatures, rank)
  }
  return before === 0 ? 1 : after / before
}
