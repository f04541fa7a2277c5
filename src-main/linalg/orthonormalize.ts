import { matrix, transpose, type Matrix } from './matrix'
import type { Products } from './products'
import { orthonormalColumns } from './qr'

/** ‖E‖ (Frobenius) after which one more step leaves rounding only: 3/2 ‖E‖². */
const lastStep = 1e-8
/** Up to here, four steps get there: 1e-2, 2e-4, 4e-8, 2e-15. */
const correctable = 1e-2

/** a = F · Q. */
export interface OrthonormalizedRows {
  /** Q [k, n], orthonormal. */
  readonly rows: Matrix
  /** F [k, k], lower triangular, to rounding; known where one step sufficed. */
  readonly factor?: Matrix
}

/**
 * Orthonormal rows Q [k, n] that span, prefix by prefix, what those of `a` [k, n] do, for rows that are orthogonal
 * already but for rounding, such as Uᵀ·A with the eigenvectors U of A·Aᵀ. Any `a` with k ≤ n is taken; others cost a QR.
 *
 * With a = D · S, rows of S of length one, SSᵀ = I + E and E = L + Lᵀ with L lower triangular, a step (I − L) · S leaves
 * ‖QQᵀ − I‖ ≤ 3/2 ‖E‖² + ¾ ‖E‖³ and costs two products. After one small step F is D · (I + L) but for ‖E‖². A row is moved along rows before it only, so that spans of prefixes stay and
 * a large direction is not tilted towards a small one, which would drown the small one's singular value in W · Qᵀ.
 * Where small rows have drowned in rounding E is not small, and Householder QR makes an orthonormal completion.
 *
 * @throws WorkbenchError `numerical` when an entry is not finite.
 * Source: Gram-Schmidt to first order, by the Cholesky factor of I + E; own derivation, docs/numerics.md, "Low rank".
 */
export async function orthonormalizedRows(a: Matrix, products: Products): Promise<OrthonormalizedRows> {
  let q = a
  for (;;) {
    const { correction, factor, error } = correctionOf(await products.product(q, q, { transposeB: true }))
    // Also when a row is zero or not finite: NaN is not small.
    if (!(error <= correctable)) return { rows: transpose(orthonormalColumns(transpose(a))) }
    const rows = await products.product(correction, q)
    if (error <= lastStep) return q === a ? { rows, factor } : { rows }
    q = rows
  }
}

/** (I − L) · D⁻¹, D · (I + L) and ‖E‖ (Frobenius), from `gram` = D · (I + E) · D. */
function correctionOf(gram: Matrix): { correction: Matrix; factor: Matrix; error: number } {
  const size = gram.columns
  const factor = matrix(size, size)
  const scales = Float64Array.from({ length: size }, (_, k) => 1 / Math.sqrt(gram.data[k * size + k]!))
  const correction = matrix(size, size)
  let squares = 0
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const product = gram.data[i * size + j]! * scales[i]! * scales[j]!
      const error = i === j ? product - 1 : product
      squares += error * error
      const share = i === j ? error / 2 : error
      if (j > i) continue
      correction.data[i * size + j] = scales[j]! * (Number(i === j) - share)
      factor.data[i * size + j] = (Number(i === j) + share) / scales[i]!
    }
  }
  return { correction, factor, error: Math.sqrt(squares) }
}
