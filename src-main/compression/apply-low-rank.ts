import { WorkbenchError } from '@contract/errors'
import type { Matrix } from '../linalg/matrix'
import type { Model } from '../onnx/ir/model'
import { replaceWithFactors, type StoredFactors } from '../onnx/passes/replace-with-factors'
import { layerMatrix } from './layer-matrix'
import type { LowRankFactors } from './low-rank-factors'
import type { CompressionPlan } from './plan'

/**
 * The model with every planned layer cut to its rank.
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
  const cut = new Map<string, StoredFactors>()
  const replacements = plan.flatMap(({ layer, rank }) => {
    if (rank === undefined) return []
    const whole = factors.get(layerMatrix(layer))
    if (whole === undefined)
      throw new WorkbenchError('internal', `Weight '${layer.weightName}' was not factorised.`)
    // Layers that share a matrix must get one and the same pair of arrays, so that it is stored once.
    const key = `${rank} ${layerMatrix(layer)}`
    const stored = cut.get(key) ?? truncate(whole, rank)
    cut.set(key, stored)
    return [{ layer, factors: stored }]
  })
  return replaceWithFactors(model, replacements).model
}

/**
 * The rank-r pair as it is stored: float32, each singular value split evenly between both sides, so that neither
 * factor needs a wider range of values than the other. That leaves the product unchanged and suits quantization.
 */
export function truncate({ down, up, singularValues }: LowRankFactors, rank: number): StoredFactors {
  if (rank < 1 || rank > singularValues.length) {
    throw new WorkbenchError('internal', `Rank ${rank} is outside 1..${singularValues.length}.`)
  }
  const columnNorms = leadingColumnNorms(down, rank)
  const cutDown = new Float32Array(down.rows * rank)
  const cutUp = new Float32Array(rank * up.columns)
  for (let r = 0; r < rank; r++) {
    // up has unit rows, so scaling both sides to sqrt(norm) balances them; a zero column stays as it is.
    const scale = columnNorms[r]! > 0 ? Math.sqrt(columnNorms[r]!) : 1
    for (let i = 0; i < down.rows; i++) cutDown[i * rank + r] = down.data[i * down.columns + r]! / scale
    for (let j = 0; j < up.columns; j++) cutUp[r * up.columns + j] = up.data[r * up.columns + j]! * scale
  }
  return { rank, down: cutDown, up: cutUp }
}

/** Euclidean norms of the first `count` columns. */
function leadingColumnNorms(a: Matrix, count: number): Float64Array {
  const squares = new Float64Array(count)
  for (let i = 0; i < a.rows; i++) {
    for (let r = 0; r < count; r++) squares[r]! += a.data[i * a.columns + r]! ** 2
  }
  return squares.map(Math.sqrt)
}
