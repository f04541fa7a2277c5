import { matrix, type Matrix } from './matrix'
import type { Products } from './products'
import { orthonormalColumns } from './qr'

/** ‖E‖ (Frobenius) after which one more step leaves rounding only: ¾ ‖E‖². */
const lastStep = 1e-8
/** Up to here, three steps get there: 1e-2, 8e-5, 4e-9. */
const correctable = 1e-2

/**
 * Orthonormal columns Q [m, k] that span, prefix by prefix, what those of `a` [m, k] do, for columns that are orthogonal
 * already but for rounding, such as Aᵀ·U with the eigenvectors U of A·Aᵀ. Any `a` is taken; others cost a QR.
 *
 * With a = S · D, columns of S of length one, and SᵀS = I + E, a step of Newton and Schulz S · (I − E/2) leaves
 * ‖QᵀQ − I‖ ≤ ¾ ‖E‖² + ¼ ‖E‖³ and costs two products. It moves prefixes by E at most, which is what they are uncertain by.
 * Where small columns have drowned in rounding E is not small, and Householder QR makes an orthonormal completion.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite.
 * Source: Björck & Bowie, An iterative algorithm for computing the best estimate of an orthogonal matrix
 * (SIAM J. Numer. Anal. 8, 1971).
 */
export async function orthonormalized(a: Matrix, products: Products): Promise<Matrix> {
  let q = a
  for (;;) {
    const { correction, error } = correctionOf(await products.product(q, q, { transposeA: true }))
    // Also when a column is zero or not finite: NaN is not small.
    if (!(error <= correctable)) return orthonormalColumns(a)
    q = await products.product(q, correction)
    if (error <= lastStep) return q
  }
}

/** D⁻¹ · (I − E/2) and ‖E‖ (Frobenius), from `gram` = D · (I + E) · D. */
function correctionOf(gram: Matrix): { correction: Matrix; error: number } {
  const size = gram.columns
  const scales = Float64Array.from({ length: size }, (_, k) => 1 / Math.sqrt(gram.data[k * size + k]!))
  const correction = matrix(size, size)
  let squares = 0
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const product = gram.data[i * size + j]! * scales[i]! * scales[j]!
      const error = i === j ? product - 1 : product
      squares += error * error
      correction.data[i * size + j] = scales[i]! * ((i === j ? 1 : 0) - error / 2)
    }
  }
  return { correction, error: Math.sqrt(squares) }
}
