/**
 * The best low rank for a layer whose inputs have changed: it imitates the original's outputs from what it is really given.
 *
 * Source: reduced-rank regression (Izenman 1975; the objective of AA-SVD, arXiv 2604.02119); docs/numerics.md, "Sequential
 * calibration".
 */
import type { Matrix } from '../linalg/matrix'
import { cutFactors, type CutFactors } from './cut-factors'
import { lowRankFactors } from './low-rank-factors'
import { fitObjective, meanShift, type FitOptions } from './paired-moments'

export interface RegressOptions extends FitOptions {
  /** r, 1 ≤ r ≤ min(in, out). */
  readonly rank: number
  /** Whether the outputs are imitated about their mean, with a shift that makes the means equal. */
  readonly isCentred: boolean
}

/**
 * The pair of rank r, and with `isCentred` the shift b, that minimises ‖X·W − (X′·W′ + 1·b)‖², with the loading that
 * `fitObjective` names.
 *
 * Of all ranks B = `fitObjective(...).target` is best; of rank r it is B·V_r·V_rᵀ with V_r the top eigenvectors of Bᵀ·C′·B. With
 * x = x′ this is the cut of `lowRankFactors` of W. Where C′ has no data B = W. Deterministic.
 *
 * - `weight`  W [in, out] of the original; not modified.
 *
 * @throws WorkbenchError `numerical` when the calibration set gave no rows or a value is not finite, `internal` for a rank
 * out of range.
 */
export async function regressFactors(weight: Matrix, options: RegressOptions): Promise<CutFactors> {
  const { rank, isCentred, products } = options
  const { moment, target, means } = await fitObjective(weight, options, isCentred)
  const { down, up } = cutFactors(await lowRankFactors(target, moment, products), rank)
  return { down, up, shift: meanShift(weight, { down, up }, means) }
}
