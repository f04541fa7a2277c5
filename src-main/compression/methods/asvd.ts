/**
 * Activation-aware SVD with a diagonal only: rows of W weigh as much as their input feature is loud.
 *
 * With S = diag(s), s_i = rms(x_i)^α and α = 1/2, the truncated SVD of S·W, scaled back: W′ = S⁻¹ · [S·W]_r. Since
 * [S·W]_r = S·W·V_r·V_rᵀ the inverse cancels: W′ = W·V_r·V_rᵀ, V_r the top eigenvectors of Wᵀ·S²·W. That is the kernel of every
 * method here with the diagonal moment S², and a feature that is always silent divides nothing by zero.
 *
 * The paper takes the mean magnitude of x_i where this takes the root mean square, which the second moment holds already. For
 * features of one shape of distribution the two differ by a common factor, which changes nothing.
 * Source: ASVD (Yuan et al., arXiv 2312.05821), section 3.2; docs/numerics.md, "Diagonal scaling".
 */
import { WorkbenchError } from '@contract/errors'
import { matrix, type Matrix } from '../../linalg/matrix'
import { lowRankFactors } from '../low-rank-factors'
import { secondMoment } from '../second-moment'
import type { LowRankMethod } from './low-rank-method'

/** The paper's choice. */
const alpha = 0.5

export const asvd: LowRankMethod = {
  name: 'asvd',
  version: 2,
  needsCalibration: true,
  minimises: 'weights',
  factorize(weight, { moments, damping, products }) {
    if (moments === undefined) throw new WorkbenchError('internal', 'asvd was not given its statistics.')
    return lowRankFactors(weight, squaredScales(secondMoment(moments, damping)), products)
  }
}

/** S² = diag(C_ii^α) [in, in]. */
function squaredScales(moment: Matrix): Matrix {
  const size = moment.rows
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) result.data[i * size + i] = moment.data[i * size + i]! ** alpha
  return result
}
