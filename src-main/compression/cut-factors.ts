import { WorkbenchError } from '@contract/errors'
import { columnSlice, matrix, type Matrix } from '../linalg/matrix'
import type { TensorValues } from '../onnx/ir/tensor'
import type { StoredFactors } from '../onnx/passes/replace-with-factors'
import { layerMatrix } from './layer-matrix'
import type { LowRankFactors } from './low-rank-factors'
import type { CompressionPlan } from './plan'

/** One layer at its rank, in float64: y = x · W becomes y = x · down · up + shift. */
export interface CutFactors {
  /** [in, rank] */
  readonly down: Matrix
  /** [rank, out] */
  readonly up: Matrix
  /** [out], what the pair loses of the mean output; undefined: nothing is added. */
  readonly shift: Float64Array | undefined
}

/** A cut as a model stores it. */
export interface StoredCut {
  readonly factors: StoredFactors
  /** As in `CutFactors`. */
  readonly shift: Float64Array | undefined
}

/**
 * The pair of rank r: the first r columns of `down` and rows of `up`, and the shift of a centred method.
 *
 * @throws WorkbenchError `internal` for a rank that the factors do not have.
 */
export function cutFactors(
  { down, up, singularValues, inputMean }: LowRankFactors,
  rank: number
): CutFactors {
  if (rank < 1 || rank > singularValues.length) {
    throw new WorkbenchError('internal', `Rank ${rank} is outside 1..${singularValues.length}.`)
  }
  return {
    down: columnSlice(down, 0, rank),
    up: matrix(rank, up.columns, up.data.slice(0, rank * up.columns)),
    shift: inputMean === undefined ? undefined : lostMean({ down, up }, inputMean, rank)
  }
}

/**
 * The cut of every planned layer, by layer id. Layers that share a matrix and a rank get one and the same object.
 *
 * - `factors`  of each matrix, by `layerMatrix`.
 *
 * @throws WorkbenchError `internal` when a planned layer has no factors.
 */
export function cutPlan(
  plan: CompressionPlan,
  factors: ReadonlyMap<string, LowRankFactors>
): Map<string, CutFactors> {
  const known = new Map<string, CutFactors>()
  const cuts = new Map<string, CutFactors>()
  for (const { layer, rank } of plan) {
    if (rank === undefined) continue
    const whole = factors.get(layerMatrix(layer))
    if (whole === undefined)
      throw new WorkbenchError('internal', `Weight '${layer.weightName}' was not factorised.`)
    const key = `${rank} ${layerMatrix(layer)}`
    const cut = known.get(key) ?? cutFactors(whole, rank)
    known.set(key, cut)
    cuts.set(layer.id, cut)
  }
  return cuts
}

/**
 * A pair as it is stored: float32, with column r of `down` and row r of `up` brought to one length, so that neither factor
 * needs a wider range of values than the other. That leaves the product unchanged and suits quantization.
 */
export function storedFactors({ down, up }: Pick<CutFactors, 'down' | 'up'>): StoredFactors<Float32Array> {
  const rank = down.columns
  const cutDown = new Float32Array(down.data.length)
  const cutUp = new Float32Array(up.data.length)
  const columnNorms = norms(down, 'columns')
  const rowNorms = norms(up, 'rows')
  for (let r = 0; r < rank; r++) {
    const [column, row] = [columnNorms[r]!, rowNorms[r]!]
    // Where either side is zero the product is too, whatever the scale.
    const scale = column > 0 && row > 0 ? Math.sqrt(column / row) : 1
    for (let i = 0; i < down.rows; i++) cutDown[i * rank + r] = down.data[i * rank + r]! / scale
    for (let j = 0; j < up.columns; j++) cutUp[r * up.columns + j] = up.data[r * up.columns + j]! * scale
  }
  return { rank, down: cutDown, up: cutUp }
}

/**
 * Cuts as a model stores them, by layer id. Layers that share a cut share what is stored.
 *
 * - `keep`  where the arrays stay until they are written, such as a file; left out, in memory.
 */
export function storedCuts(
  cuts: ReadonlyMap<string, CutFactors>,
  keep: (values: Float32Array) => TensorValues<Float32Array> = (values) => values
): Map<string, StoredCut> {
  const known = new Map<CutFactors, StoredCut>()
  const stored = new Map<string, StoredCut>()
  for (const [layerId, cut] of cuts) {
    const shared = known.get(cut) ?? keptCut(cut, keep)
    known.set(cut, shared)
    stored.set(layerId, shared)
  }
  return stored
}

function keptCut(cut: CutFactors, keep: (values: Float32Array) => TensorValues<Float32Array>): StoredCut {
  const { rank, down, up } = storedFactors(cut)
  return { factors: { rank, down: keep(down), up: keep(up) }, shift: cut.shift }
}

/** What rank r loses of the mean output: Σ over i ≥ r of (μ · down_i) · up_i, [out]. */
function lostMean(
  { down, up }: Pick<LowRankFactors, 'down' | 'up'>,
  mean: Float64Array,
  rank: number
): Float64Array {
  const lost = new Float64Array(up.columns)
  for (let r = rank; r < down.columns; r++) {
    let coefficient = 0
    for (let i = 0; i < down.rows; i++) coefficient += mean[i]! * down.data[i * down.columns + r]!
    for (let j = 0; j < up.columns; j++) lost[j]! += coefficient * up.data[r * up.columns + j]!
  }
  return lost
}

/** Euclidean norms of all rows or columns. */
function norms(a: Matrix, of: 'rows' | 'columns'): Float64Array {
  const squares = new Float64Array(a[of])
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) squares[of === 'rows' ? i : j]! += a.data[i * a.columns + j]! ** 2
  }
  return squares.map(Math.sqrt)
}
