/**
 * What a Gram matrix cannot tell apart: singular directions whose values lie far below the largest.
 */
import { columnSlice, matrix, type Matrix } from './matrix'
import { scalarProducts, type Products } from './products'
import { symmetricEigen } from './symmetric-eigen'

/**
 * Singular values below this share of the largest are taken from a Gram matrix of their own. A value at the limit is known to
 * about ε ÷ 2 ÷ limit² = 1e-10 of itself before, however close its neighbours lie.
 */
const limit = 2 ** -10
/** Up to so many columns, handing products over costs more than they do. */
const fewColumns = 16

/** A = B · V: B's columns are orthogonal and V's rows orthonormal. */
export interface SeparatedColumns {
  /** B [m, k]. */
  readonly left: Matrix
  /** V [k, n]. */
  readonly right: Matrix
  /** [k], the lengths of B's columns, descending. */
  readonly singularValues: Float64Array
}

/**
 * Turns B = A · Vᵀ [m, k], with the eigenvectors of Aᵀ·A as rows of V [k, n], so that singular values far below the largest are
 * right as well.
 *
 * Eigenvectors of Aᵀ·A mix directions i and j by about ε σ₁² ÷ |σ_i² − σ_j²|: harmless between large and small, since it enters a
 * length squared, but those below √ε σ₁ are left in disorder. B still holds them to ε σ₁. So the columns shorter than
 * 2⁻¹⁰ of the longest are separated by the eigenvectors Z of their own Gram matrix, B₂ ← B₂ · Zᵀ and V₂ ← Z · V₂, and again those
 * shorter than 2⁻¹⁰ of the longest of these, down to the rounding of B. The product B · V stays.
 *
 * Neither operand is modified. Afterwards σ_k is known to about 1e-10 σ_k + 4 √n ε σ₁.
 *
 * Source: own derivation, docs/numerics.md, "Low rank"; after Drmač & Veselić, New fast and accurate Jacobi SVD algorithm
 * (SIAM J. Matrix Anal. Appl. 29, 2008), which gets graded columns right in the same order.
 */
export async function separateSmall(b: Matrix, v: Matrix, products: Products): Promise<SeparatedColumns> {
  let [left, right] = [b, v]
  const lengths = columnLengths(b)
  const count = lengths.length
  const noise = count * Number.EPSILON * lengths.reduce((most, length) => Math.max(most, length), 0)
  for (let from = nextBlock(lengths, 0); from < count - 1; from = nextBlock(lengths, from)) {
    if (lengths[from]! <= noise) break
    // The first block is copied into, so that the operands stay.
    if (left === b)
      [left, right] = [matrix(b.rows, count, b.data.slice()), matrix(count, v.columns, v.data.slice())]
    const used = count - from <= fewColumns ? scalarProducts : products
    const block = columnSlice(left, from, count)
    const rows = matrix(count - from, right.columns, right.data.subarray(from * right.columns))
    const gram = await used.product(block, block, { transposeA: true })
    const { vectors } = await symmetricEigen(gram, used)
    const turned = await used.product(block, vectors, { transposeB: true })
    for (let i = 0; i < left.rows; i++) {
      left.data.set(turned.data.subarray(i * turned.columns, (i + 1) * turned.columns), i * count + from)
    }
    rows.data.set((await used.product(vectors, rows)).data)
    lengths.set(columnLengths(turned), from)
  }
  // Ordered but for rounding: made to descend in rounding too.
  for (let k = 1; k < count; k++) lengths[k] = Math.min(lengths[k]!, lengths[k - 1]!)
  return { left, right, singularValues: lengths }
}

/** The first column after `from` that is shorter than the limit allows beside column `from`. */
function nextBlock(lengths: Float64Array, from: number): number {
  let next = from + 1
  while (next < lengths.length && lengths[next]! >= limit * lengths[from]!) next++
  return next
}

function columnLengths({ rows, columns, data }: Matrix): Float64Array {
  const squares = new Float64Array(columns)
  for (let i = 0; i < rows; i++) addSquares(squares, data, i * columns)
  return squares.map(Math.sqrt)
}

function addSquares(squares: Float64Array, data: Float64Array, start: number): void {
  for (let k = 0; k < squares.length; k++) {
    const value = data[start + k]!
    squares[k]! += value * value
  }
}
