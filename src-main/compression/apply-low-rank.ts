import { WorkbenchError } from '@contract/errors'
import type { Matrix } from '../linalg/matrix'
import type { Model } from '../onnx/ir/model'
import { replaceWithFactors, type StoredFactors } from '../onnx/passes/replace-with-factors'
import { shiftOutputs } from '../onnx/passes/shift-outputs'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
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
  const shifts: { layer: LinearLayer; shift: Float64Array }[] = []
  const replacements = plan.flatMap(({ layer, rank }) => {
    if (rank === undefined) return []
    const whole = factors.get(layerMatrix(layer))
    if (whole === undefined)
      throw new WorkbenchError('internal', `Weight '${layer.weightName}' was not factorised.`)
    // Layers that share a matrix must get one and the same pair of arrays, so that it is stored once.
    const key = `${rank} ${layerMatrix(layer)}`
    const stored = cut.get(key) ?? truncate(whole, rank)
    cut.set(key, stored)
    if (whole.inputMean !== undefined) {
      // A Gemm scales the product by alpha, and with it what the product lost.
      const shift = lostMean(whole, whole.inputMean, rank).map((value) => layer.alpha * value)
      shifts.push({ layer, shift })
    }
    return [{ layer, factors: stored }]
  })
  return shiftOutputs(replaceWithFactors(model, replacements).model, shifts).model
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

/** What rank r loses of the mean output: Σ over i ≥ r of (μ · down_i) · up_i, [out]. */
function lostMean(
  { down, up, singularValues }: LowRankFactors,
  mean: Float64Array,
  rank: number
): Float64Array {
  const lost = new Float64Array(up.columns)
  for (let r = rank; r < singularValues.length; r++) {
    let coefficient = 0
    for (let i = 0; i < down.rows; i++) coefficient += mean[i]! * down.data[i * down.columns + r]!
    for (let j = 0; j < up.columns; j++) lost[j]! += coefficient * up.data[r * up.columns + j]!
  }
  return lost
}

/** Euclidean norms of the first `count` columns. */
function leadingColumnNorms(a: Matrix, count: number): Float64Array {
  const squares = new Float64Array(count)
  for (let i = 0; i < a.rows; i++) {
    for (let r = 0; r < count; r++) squares[r]! += a.data[i * a.columns + r]! ** 2
  }
  return squares.map(Math.sqrt)
}
