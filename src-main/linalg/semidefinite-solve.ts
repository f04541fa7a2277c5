import { WorkbenchError } from '@contract/errors'
import { cholesky } from './cholesky'
import { matrix, transpose, type Matrix } from './matrix'
import { addRowProducts, type RowWindow } from './row-products'

/**
 * Loading that keeps a singular matrix solvable, as a fraction of the trace. Above the rounding that a Gram matrix of some
 * thousand features is built and factored with (n ε of its largest eigenvalue), below any damping of use.
 */
const loading = 1e-12

/** Unknowns found together; the rest are products of rows. */
const columnsPerBlock = 32

/**
 * X [n, m] with (A + ε·tr(A)·I) · X = B for a symmetric positive semidefinite `a` [n, n] and `b` [n, m], ε = 1e-12.
 *
 * The loading stands for a pseudoinverse: where A is well above it X is A⁻¹·B, and directions that A does not have get next
 * to nothing as long as B, too, does not have them. A = 0 gives X = 0. Neither operand is modified.
 *
 * @throws WorkbenchError `numerical` when A is indefinite beyond rounding or an entry is not finite, `internal` when the sizes
 * do not fit.
 * Source: Cholesky with forward and back substitution, Golub & Van Loan, Matrix Computations (4th ed.), 4.2 and 3.1.
 */
export function solveSemidefinite(a: Matrix, b: Matrix): Matrix {
  const n = a.rows
  if (b.rows !== n) {
    throw new WorkbenchError('internal', `A system of ${n} equations cannot have ${b.rows} right sides.`)
  }
  let trace = 0
  for (let i = 0; i < n; i++) trace += a.data[i * n + i]!
  if (trace === 0 && a.data.every((value) => value === 0)) return matrix(n, b.columns)
  const loaded = matrix(n, n, a.data.slice())
  for (let i = 0; i < n; i++) loaded.data[i * n + i]! += loading * trace
  const lower = cholesky(loaded)
  // Right sides as rows, so that every inner loop walks along one.
  const rows = transpose(b)
  substituteForward(lower, rows)
  substituteBackward(transpose(lower), rows)
  return transpose(rows)
}

/** Rows y ← y · L⁻ᵀ, that is L · yᵀ = bᵀ. */
function substituteForward(lower: Matrix, y: Matrix): void {
  const n = lower.rows
  for (let from = 0; from < n; from += columnsPerBlock) {
    const to = Math.min(n, from + columnsPerBlock)
    subtractKnown(y, lower, { from, to, knownFrom: 0, knownTo: from })
    for (let row = 0; row < y.rows; row++) {
      for (let i = from; i < to; i++) {
        let value = y.data[row * n + i]!
        for (let k = from; k < i; k++) value -= y.data[row * n + k]! * lower.data[i * n + k]!
        y.data[row * n + i] = value / lower.data[i * n + i]!
      }
    }
  }
}

/** Rows x ← x · U⁻ᵀ with U = Lᵀ, that is U · xᵀ = yᵀ, from the last unknown on. */
function substituteBackward(upper: Matrix, x: Matrix): void {
  const n = upper.rows
  for (let to = n; to > 0; to -= columnsPerBlock) {
    const from = Math.max(0, to - columnsPerBlock)
    subtractKnown(x, upper, { from, to, knownFrom: to, knownTo: n })
    for (let row = 0; row < x.rows; row++) {
      for (let i = to - 1; i >= from; i--) {
        let value = x.data[row * n + i]!
        for (let k = i + 1; k < to; k++) value -= x.data[row * n + k]! * upper.data[i * n + k]!
        x.data[row * n + i] = value / upper.data[i * n + i]!
      }
    }
  }
}

interface Known {
  /** The unknowns in hand. */
  readonly from: number
  readonly to: number
  /** The unknowns that were found before. */
  readonly knownFrom: number
  readonly knownTo: number
}

/** Takes what the found unknowns contribute off the right sides of those in hand. */
function subtractKnown(values: Matrix, factor: Matrix, { from, to, knownFrom, knownTo }: Known): void {
  const n = factor.rows
  const inHand: RowWindow = { data: values.data, offset: from, stride: n }
  const known: RowWindow = { data: values.data, offset: knownFrom, stride: n }
  const coefficients: RowWindow = { data: factor.data, offset: from * n + knownFrom, stride: n }
  addRowProducts(inHand, known, coefficients, {
    rows: values.rows,
    columns: to - from,
    inner: knownTo - knownFrom,
    factor: -1
  })
}
