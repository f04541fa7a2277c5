import { WorkbenchError } from '@contract/errors'
import { semidefiniteCholesky } from '../linalg/cholesky'
import { allFinite, type Matrix } from '../linalg/matrix'
import type { Products } from '../linalg/products'
import { orthonormalizedRows } from '../linalg/orthonormalize'
import { separateSmall } from '../linalg/separate-small'
import { symmetricEigen } from '../linalg/symmetric-eigen'

/**
 * Every rank of one layer at once. The best rank-r pair is the first r columns of `down` and rows of `up`, so one
 * decomposition serves all tiers.
 */
export interface LowRankFactors {
  /** [in, k], k = min(in, out). */
  readonly down: Matrix
  /** [k, out], orthonormal rows. */
  readonly up: Matrix
  /**
   * [k], descending; the sum of the squares from r on is the squared error of rank r in the method's metric: of the outputs
   * per row, where the moment is that of the inputs.
   */
  readonly singularValues: Float64Array
  /**
   * Mean input μ [in] of a centred method: what the directions beyond a rank lose of μ·W goes into the bias.
   */
  readonly inputMean?: Float64Array
}

/** Factors that are not held: the spectrum is at hand, the rest is read when it is needed, and let go. */
export interface KeptFactors extends Pick<LowRankFactors, 'singularValues'> {
  readonly read: () => Promise<LowRankFactors>
}

/**
 * The pairs down · up of every rank that lose least of y = x · W on inputs with second moment C.
 *
 * Minimises ‖X·(W − W′)‖² = n · tr((W − W′)ᵀ · C · (W − W′)) over W′ of rank r: W′ = W · V_r · V_rᵀ, where V_r holds the
 * top eigenvectors of WᵀCW [out, out]. When out > in the equal problem of size in is solved instead: with C = L·Lᵀ,
 * LᵀWWᵀL = U·Σ²·Uᵀ and V spans WᵀL·U. Neither needs an inverse, so a singular C does no harm.
 *
 * - `weight`       W [in, out].
 * - `moment`       C [in, in], symmetric positive semi-definite; left out, C = I, which is the plain SVD.
 *
 * @throws WorkbenchError `numerical` when the weight or moment is not finite.
 * Source: docs/numerics.md, "Low rank".
 */
export async function lowRankFactors(
  weight: Matrix,
  moment: Matrix | undefined,
  products: Products
): Promise<LowRankFactors> {
  if (!allFinite(weight.data)) {
    throw new WorkbenchError(
      'numerical',
      'The weight holds values that are not finite; it cannot be factorised.'
    )
  }
  const basis =
    weight.columns <= weight.rows
      ? await outputSideBasis(weight, moment, products)
      : await inputSideBasis(weight, moment, products)
  const { vectors, singularValues } = basis
  const down = basis.down ?? (await products.product(weight, vectors, { transposeB: true }))
  if (moment !== undefined) return { down, up: vectors, singularValues }
  // ‖W·v_k‖ has twice the digits of the root of an eigenvalue; with a moment it would cost another product.
  const separated = await separateSmall(down, vectors, products)
  return { down: separated.left, up: separated.right, singularValues: separated.singularValues }
}

interface OutputBasis {
  /** Vᵀ [k, out], orthonormal rows. */
  readonly vectors: Matrix
  readonly singularValues: Float64Array
  /** W · V [in, k], where it is known for less than that product. */
  readonly down?: Matrix
}

async function outputSideBasis(
  weight: Matrix,
  moment: Matrix | undefined,
  products: Products
): Promise<OutputBasis> {
  const weighted = moment === undefined ? weight : await products.product(moment, weight)
  const outputMoment = await products.product(weight, weighted, { transposeA: true })
  const { values, vectors } = await symmetricEigen(outputMoment, products)
  return { vectors, singularValues: squareRoots(values) }
}

async function inputSideBasis(
  weight: Matrix,
  moment: Matrix | undefined,
  products: Products
): Promise<OutputBasis> {
  // LᵀW [in, out]; for C = I it is W itself.
  const whitened =
    moment === undefined
      ? weight
      : await products.product(semidefiniteCholesky(moment, choleskyTolerance), weight, { transposeA: true })
  const inner = await products.product(whitened, whitened, { transposeB: true })
  const { values, vectors } = await symmetricEigen(inner, products)
  // Rows uᵀ·(LᵀW) have length σ.
  const spanned = await products.product(vectors, whitened)
  const { rows, factor } = await orthonormalizedRows(spanned, products)
  const basis = { vectors: rows, singularValues: squareRoots(values) }
  if (moment !== undefined || factor === undefined) return basis
  // UᵀW = F · Vᵀ and U is orthogonal, so W · V = U · F: a product of size [in, in, in] instead of [in, out, in].
  return { ...basis, down: await products.product(vectors, factor, { transposeA: true }) }
}

/** Pivots below this share of the largest diagonal entry are rounding noise of a singular moment. */
const choleskyTolerance = 1e-14

/** Eigenvalues of a positive semi-definite matrix may come out slightly negative. */
function squareRoots(values: Float64Array): Float64Array {
  return values.map((value) => Math.sqrt(Math.max(value, 0)))
}
