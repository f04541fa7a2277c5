import { WorkbenchError } from '@contract/errors'
import type { Model } from '../onnx/ir/model'
import { replaceWithFactors } from '../onnx/passes/replace-with-factors'
import { shiftOutputs } from '../onnx/passes/shift-outputs'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import { cutPlan, storedCuts, type StoredCut } from './cut-factors'
import type { LowRankFactors } from './low-rank-factors'
import type { CompressionPlan } from './plan'

/**
 * The model with every planned layer cut to its rank: `applyCuts` of `cutPlan`, all in memory.
 *
 * `factors`: the factors of each matrix, by `layerMatrix`. Only the first `rank` columns and rows are used; layers that
 * share a matrix are stored once when their ranks are equal.
 *
 * @throws WorkbenchError `internal` when a planned layer has no factors, and as `replaceWithFactors`.
 */
export function applyLowRank(
  model: Model,
  plan: CompressionPlan,
  factors: ReadonlyMap<string, LowRankFactors>
): Model {
  return applyCuts(model, plan, storedCuts(cutPlan(plan, factors)))
}

/**
 * The model with every planned layer replaced by its pair, its outputs shifted where the cut says so.
 *
 * - `cuts`  by layer id. Layers that are given one and the same factors share the stored arrays.
 *
 * @throws WorkbenchError `internal` when a planned layer has no cut or one of another rank, and as `replaceWithFactors`.
 */
export function applyCuts(model: Model, plan: CompressionPlan, cuts: ReadonlyMap<string, StoredCut>): Model {
  const shifts: { layer: LinearLayer; shift: Float64Array }[] = []
  const replacements = plan.flatMap(({ layer, rank }) => {
    if (rank === undefined) return []
    const cut = cuts.get(layer.id)
    if (cut?.factors.rank !== rank) {
      const got = cut === undefined ? 'none' : `rank ${cut.factors.rank}`
      throw new WorkbenchError('internal', `Layer '${layer.id}' needs factors of rank ${rank}, got ${got}.`)
    }
    // A Gemm scales the product by alpha, and with it what the product lost.
    if (cut.shift !== undefined) shifts.push({ layer, shift: cut.shift.map((value) => layer.alpha * value) })
    return [{ layer, factors: cut.factors }]
  })
  return shiftOutputs(replaceWithFactors(model, replacements).model, shifts).model
}
