/**
 * Householder reflectors H = I − τ v vᵀ, made one at a time and applied in blocks.
 *
 * Source: Golub & Van Loan, Matrix Computations (4th ed.), 5.1.2 (one reflector) and 5.1.7 (compact WY form);
 * LAPACK dlarfg, dlarft, dlarfb. Here a reflector is a contiguous row, and the matrix it meets is multiplied from the
 * right, so that everything walks along rows.
 */
import { matrix, type Matrix } from './matrix'
import type { Products } from './products'
import { addRowProducts, copyRows, rowsOf, type RowWindow } from './row-products'
import { Scratch, withScratch } from './scratch'

/**
 * A sequence of reflectors H_0, H_1, ... over vectors of one length.
 *
 * - `vectors` [count, length]: row k is v_k; it is zero before k + `shift` and one there.
 * - `taus` [count]; zero means that H_k is the identity.
 */
export interface Reflectors {
  readonly vectors: Matrix
  readonly taus: Float64Array
  readonly shift: number
}

/** Reflectors per block: enough to make products of rows dominate, few enough for the block to stay cached. */
export const reflectorsPerBlock = 32

/**
 * Below this a vector counts as zero. Callers scale their input to entries near one, so that nothing of weight is
 * lost, while squares of what remains after dividing by the largest entry cannot underflow together.
 */
const negligible = 2 ** -900

/** A sequence of `count` reflectors of `length`, in the memory of `scratch`, that are all still the identity. */
export function identityReflectors(
  count: number,
  length: number,
  shift: number,
  scratch = new Scratch()
): Reflectors {
  return { vectors: scratch.zeros(count, length), taus: new Float64Array(count), shift }
}

/**
 * Turns row k of `reflectors` from a vector x (in its entries from k + shift on) into the reflector with
 * H x = β e, where e is the first of these entries, and returns β. τ lies in [1, 2], or is 0 when x is already β e.
 */
export function reflect(reflectors: Reflectors, k: number): number {
  const { vectors, taus, shift } = reflectors
  const first = k * vectors.columns + k + shift
  const x = vectors.data.subarray(first, (k + 1) * vectors.columns)
  const head = x[0]!
  let largest = 0
  for (let i = 1; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!))
  if (largest < negligible) {
    x.fill(0)
    x[0] = 1
    taus[k] = 0
    return head
  }
  largest = Math.max(largest, Math.abs(head))
  let squares = 0
  for (let i = 0; i < x.length; i++) squares += (x[i]! / largest) ** 2
  const norm = largest * Math.sqrt(squares)
  // The sign that adds up: head − β must not cancel.
  const beta = head > 0 ? -norm : norm
  const pivot = head - beta
  for (let i = 1; i < x.length; i++) x[i] = x[i]! / pivot
  x[0] = 1
  taus[k] = -pivot / beta
  return beta
}

/**
 * C ← C · H_to−1 · … · H_from (`backward`) or C ← C · H_from · … · H_to−1 (`forward`) for at most one block.
 *
 * - `c` [rows, length]: the window is moved to the columns the block can change by this function.
 */
export function applyBlock(
  reflectors: Reflectors,
  range: { readonly from: number; readonly to: number; readonly direction: 'forward' | 'backward' },
  c: RowWindow,
  rows: number
): void {
  const { from, to, direction } = range
  const width = to - from
  const stride = reflectors.vectors.columns
  const first = from + reflectors.shift
  const length = stride - first
  if (width <= 0 || rows <= 0 || length <= 0) return
  const v: RowWindow = { data: reflectors.vectors.data, offset: from * stride + first, stride }
  const target: RowWindow = { data: c.data, offset: c.offset + first, stride: c.stride }
  const dense = (count: number): RowWindow => ({
    data: new Float64Array(count * width),
    offset: 0,
    stride: width
  })
  const [overlap, weights] = [dense(rows), dense(rows)]
  addRowProducts(overlap, target, v, { rows, columns: width, inner: length, factor: 1 })
  const gram = dense(width)
  addRowProducts(gram, v, v, { rows: width, columns: width, inner: length, factor: 1 })
  const t = triangularFactor(reflectors.taus.subarray(from, to), gram.data)
  // A product of rows with rows multiplies by the transpose of its second operand.
  if (direction === 'forward') transposeSquare(t, width)
  const small: RowWindow = { data: t, offset: 0, stride: width }
  addRowProducts(weights, overlap, small, { rows, columns: width, inner: width, factor: 1 })
  const vectorsTransposed = dense(length)
  for (let k = 0; k < width; k++) {
    for (let j = 0; j < length; j++)
      vectorsTransposed.data[j * width + k] = v.data[v.offset + k * stride + j]!
  }
  addRowProducts(target, weights, vectorsTransposed, { rows, columns: length, inner: width, factor: -1 })
}

/** Upper triangular T [width, width] with H_0 · H_1 · … = I − Vᵀ T V, from `gram` = V Vᵀ [width, width]. LAPACK dlarft. */
function triangularFactor(taus: Float64Array, gram: Float64Array): Float64Array {
  const width = taus.length
  const t = new Float64Array(width * width)
  for (let j = 0; j < width; j++) {
    const tau = taus[j]!
    const g = j * width
    // Two rows and two sums each: one sum would wait for itself. Below the diagonal T is zero.
    for (let i = 0; i < j; i += 2) {
      const upper = i * width
      const lower = upper + width
      let upperEven = 0
      let upperOdd = 0
      let lowerEven = 0
      let lowerOdd = 0
      let k = i
      for (; k + 1 < j; k += 2) {
        upperEven += t[upper + k]! * gram[g + k]!
        lowerEven += t[lower + k]! * gram[g + k]!
        upperOdd += t[upper + k + 1]! * gram[g + k + 1]!
        lowerOdd += t[lower + k + 1]! * gram[g + k + 1]!
      }
      if (k < j) upperEven += t[upper + k]! * gram[g + k]!
      if (k < j) lowerEven += t[lower + k]! * gram[g + k]!
      t[upper + j] = -tau * (upperEven + upperOdd)
      if (i + 1 < j) t[lower + j] = -tau * (lowerEven + lowerOdd)
    }
    t[g + j] = tau
  }
  return t
}

function transposeSquare(t: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const kept = t[i * size + j]!
      t[i * size + j] = t[j * size + i]!
      t[j * size + i] = kept
    }
  }
}

/**
 * The first `rows` columns of Q = H_0 · H_1 · …, as rows: [rows, length]. LAPACK dorgqr, transposed.
 *
 * Starts from the identity and works backwards, where row j stays a unit row until a reflector reaches it.
 */
export function formRows(reflectors: Reflectors, rows: number): Matrix {
  const { columns } = reflectors.vectors
  const result = matrix(rows, columns)
  for (let i = 0; i < rows; i++) result.data[i * columns + i] = 1
  for (const block of blocksBackward(reflectors)) {
    const top = Math.min(rows, block.from + reflectors.shift)
    const window = { data: result.data, offset: top * columns, stride: columns }
    applyBlock(reflectors, { ...block, direction: 'backward' }, window, rows - top)
  }
  return result
}

/** C ← C · (H_0 · H_1 · …)ᵀ for C [rows, length], in place: row c becomes (Q c)ᵀ. LAPACK dormqr, transposed. */
export function applyToRows(reflectors: Reflectors, c: Matrix): void {
  const window = { data: c.data, offset: 0, stride: c.columns }
  for (const block of blocksBackward(reflectors)) {
    applyBlock(reflectors, { ...block, direction: 'backward' }, window, c.rows)
  }
}

/** Reflectors per block where products are fast: few passes over the matrix, while T, made in plain loops, stays small. */
const reflectorsPerProduct = 128

/**
 * C · (H_0 · H_1 · …)ᵀ for C [rows, length], which is overwritten, with the large products from `products`. LAPACK dormqr, transposed.
 *
 * A block is C ← C − (C Vᵀ) (Tᵀ V) in the columns from its first one on; those before stay as they are.
 */
export async function transformedRows(
  reflectors: Reflectors,
  c: Matrix,
  products: Products
): Promise<Matrix> {
  const { vectors, taus, shift } = reflectors
  const result = matrix(c.rows, c.columns)
  if (taus.length === 0) result.data.set(c.data)
  for (const { from, to } of blocksBackward(reflectors, reflectorsPerProduct)) {
    await withScratch(async (scratch) => {
      const width = to - from
      // The last block changes nearly every column: cutting the others off would cost more than they do.
      const isLast = from === 0
      const first = isLast ? 0 : from + shift
      const length = c.columns - first
      const into = (rows: number, columns: number) => ({ into: scratch.matrix(rows, columns) })
      const own = matrix(width, c.columns, vectors.data.subarray(from * c.columns, to * c.columns))
      const v = columnsFrom(own, first, scratch)
      const gram = await products.product(v, v, { transposeB: true, ...into(width, width) })
      const t = matrix(width, width, triangularFactor(taus.subarray(from, to), gram.data))
      const turned = await products.product(t, v, { transposeA: true, ...into(width, length) })
      const part = columnsFrom(c, first, scratch)
      const overlap = await products.product(part, v, { transposeB: true, ...into(c.rows, width) })
      const target = isLast ? { into: result } : into(c.rows, length)
      const changed = await products.product(overlap, turned, { subtractFrom: part, ...target })
      if (!isLast) copyRows(rowsOf(changed), rowsOf(c, first), c.rows, length)
    })
  }
  return result
}

/** The columns of `a` from `first` on: `a` itself, or a copy in the memory of `scratch`. */
function columnsFrom(a: Matrix, first: number, scratch: Scratch): Matrix {
  if (first === 0) return a
  const result = scratch.matrix(a.rows, a.columns - first)
  copyRows(rowsOf(a, first), rowsOf(result), result.rows, result.columns)
  return result
}

function blocksBackward(reflectors: Reflectors, width = reflectorsPerBlock): { from: number; to: number }[] {
  const count = reflectors.taus.length
  const starts = Array.from({ length: Math.ceil(count / width) }, (_, i) => i * width)
  return starts.reverse().map((from) => ({ from, to: Math.min(count, from + width) }))
}
