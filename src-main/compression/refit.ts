/**
 * The best right factor for a given left one, in closed form: what a method that looks at weights leaves on the table.
 *
 * Source: least squares, docs/numerics.md, "Refit"; the closed-form update of SVD-LLM (arXiv 2403.07378) is its special case.
 */
import { matrix, type Matrix } from '../linalg/matrix'
import { solveSemidefinite } from '../linalg/semidefinite-solve'
import type { CutFactors } from './cut-factors'
import { fitObjective, meanShift, type FitOptions } from './paired-moments'

/** Raised when the same inputs would give another fit. */
export const refitVersion = 1

export interface RefitOptions extends FitOptions {
  /** W [in, out] of the original. */
  readonly weight: Matrix
  /** Whether a shift of the outputs is fitted too; otherwise the result has none. */
  readonly fitsShift: boolean
}

/**
 * The pair with the same `down` whose `up`, and shift b, minimise
 *
 *     ‖X·W − (X′·down·up + 1·b)‖² ÷ n + δ · ‖W − down·up‖²,      δ = damping · mean(diag C′),
 *
 * for x = x′; otherwise tr((B − down·up)ᵀ·C′·(B − down·up)) with the regularised B of `fitObjective`. With
 * H = downᵀ·C′·down [r, r] the correction is up ← up + H⁻¹·downᵀ·C′·(B − down·up), which moves `up` only as far as the data ask
 * for: directions without data, as a singular C′ has them, stay as they were. The objective never grows. Deterministic.
 *
 * - `cut`  `down` [in, r], `up` [r, out]; not modified. Its own shift is replaced.
 *
 * @throws WorkbenchError `numerical` when the calibration set gave no rows or a value is not finite.
 */
export async function refitFactors({ down, up }: CutFactors, options: RefitOptions): Promise<CutFactors> {
  const { weight, fitsShift, products } = options
  const { moment, target, means } = await fitObjective(weight, options, fitsShift)
  const lost = difference(target, await products.product(down, up))
  // Columns of `down` may be some orders of magnitude apart; at one length none of them drowns in the solver's loading.
  const scales = inverseColumnNorms(down)
  const basis = scaledColumns(down, scales)
  const weighted = await products.product(moment, basis)
  const hidden = await products.product(basis, weighted, { transposeA: true })
  const gradient = await products.product(weighted, lost, { transposeA: true })
  const correction = solveSemidefinite(hidden, gradient)
  const refitted = matrix(up.rows, up.columns, up.data.slice())
  for (let r = 0; r < up.rows; r++) {
    for (let j = 0; j < up.columns; j++) {
      refitted.data[r * up.columns + j]! += scales[r]! * correction.data[r * up.columns + j]!
    }
  }
  return { down, up: refitted, shift: meanShift(weight, { down, up: refitted }, means) }
}

function difference(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, index) => value - b.data[index]!)
  )
}

/** 1 ÷ norm of each column; 1 for a column of zeros, which stays one. */
function inverseColumnNorms(a: Matrix): Float64Array {
  const squares = new Float64Array(a.columns)
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) squares[j]! += a.data[i * a.columns + j]! ** 2
  }
  return squares.map((value) => (value > 0 ? 1 / Math.sqrt(value) : 1))
}

function scaledColumns(a: Matrix, scales: Float64Array): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, index) => value * scales[index % a.columns]!)
  )
}
