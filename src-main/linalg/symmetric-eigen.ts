/**
 * Eigenvalues and eigenvectors of a symmetric matrix, the kernel behind every low-rank method of Lathe.
 *
 * Three steps: Householder reduction to tridiagonal form, divide and conquer on that, and the eigenvectors as the product of
 * both orthogonal factors. Backward stable: the result is exact for a matrix within a modest multiple of ε ‖A‖, so an
 * eigenvalue far below ε ‖A‖ carries no correct digit.
 */
import { WorkbenchError } from '@contract/errors'
import { descendingOrder, makeLargestPositive } from './descending'
import { divideAndConquer } from './divide-and-conquer'
import type { Matrix } from './matrix'
import type { Products } from './products'
import { transformedRows } from './reflectors'
import { copyRow, rowsOf } from './row-products'
import { withScratch } from './scratch'
import { tridiagonalEigen } from './tridiagonal-eigen'
import { tridiagonalForm } from './tridiagonal-form'
import { unitFactor } from './unit-scale'

export interface SymmetricEigen {
  /** Eigenvalues [n], descending. */
  readonly values: Float64Array
  /** Eigenvectors [n, n]: row k belongs to `values[k]`. Orthonormal. */
  readonly vectors: Matrix
}

/**
 * A = Vᵀ · diag(λ) · V, V = `vectors`, for a symmetric `a` [n, n], which is not modified; its lower triangle decides.
 *
 * Deterministic. Values are descending; the entry of largest magnitude in each row of `vectors` is positive, and
 * of entries equal to nine digits the first counts. Within a repeated eigenvalue the basis is one of many.
 *
 * @throws WorkbenchError `internal` when `a` is not square, `numerical` when an entry is not finite or the iteration
 * does not converge.
 * Source: Golub & Van Loan, Matrix Computations (4th ed.), 8.3 and 8.4; LAPACK dsyevd. At most about 14/3 n³
 * flops: 4/3 to reduce, up to 4/3 to join, 2 to transform back.
 */
export async function symmetricEigen(a: Matrix, products: Products): Promise<SymmetricEigen> {
  const factor = squareFactor(a)
  const n = a.rows
  return withScratch(async (scratch) => {
    const { diagonal, offDiagonal, reflectors } = tridiagonalForm(a, factor, scratch)
    const rows = await divideAndConquer(diagonal, offDiagonal, products, scratch)
    const order = descendingOrder(diagonal)
    const ordered = scratch.matrix(n, n)
    for (let k = 0; k < n; k++) copyRow(rowsOf(rows), order[k]!, rowsOf(ordered), { row: k, columns: n })
    const vectors = await transformedRows(reflectors, ordered, products)
    makeLargestPositive(vectors)
    return { values: Float64Array.from(order, (k) => diagonal[k]! / factor), vectors }
  })
}

/**
 * The eigenvalues [n] alone, descending, by implicit QL; to rounding those of `symmetricEigen`, in a quarter of its time.
 *
 * @throws WorkbenchError as `symmetricEigen`.
 */
export function symmetricEigenvalues(a: Matrix): Float64Array {
  const factor = squareFactor(a)
  const { diagonal, offDiagonal } = tridiagonalForm(a, factor)
  tridiagonalEigen(diagonal, offDiagonal)
  return diagonal.sort((x, y) => y - x).map((value) => value / factor)
}

function squareFactor(a: Matrix): number {
  if (a.rows !== a.columns) {
    throw new WorkbenchError(
      'internal',
      `A symmetric eigenproblem needs a square matrix, got [${a.rows}, ${a.columns}].`
    )
  }
  return unitFactor(a, 'The matrix of a symmetric eigenproblem')
}
