import type { Matrix } from './matrix'
import { applyBlock, identityReflectors, reflect, reflectorsPerBlock, type Reflectors } from './reflectors'

/**
 * Householder QR on rows: overwrites `rows` [count, length], which holds the columns of A = Q · R, with the columns of
 * R (row j is R's column j; entries beyond it are rounding and mean nothing) and returns Q as reflectors.
 *
 * Blocks of reflectors are made one by one and applied to the remaining rows together.
 * Source: Golub & Van Loan 5.2.3; LAPACK dgeqrf. 2 m n² − 2/3 n³ flops.
 */
export function householderQr(rows: Matrix): Reflectors {
  const { rows: count, columns: length, data } = rows
  const steps = Math.min(count, length)
  const reflectors = identityReflectors(steps, length, 0)
  for (let from = 0; from < steps; from += reflectorsPerBlock) {
    const to = Math.min(steps, from + reflectorsPerBlock)
    for (let k = from; k < to; k++) {
      const v = reflectors.vectors.data.subarray(k * length, (k + 1) * length)
      v.set(data.subarray(k * length + k, (k + 1) * length), k)
      data[k * length + k] = reflect(reflectors, k)
      for (let j = k + 1; j < to; j++) {
        reflectRow(data.subarray(j * length, (j + 1) * length), v, { tau: reflectors.taus[k]!, first: k })
      }
    }
    const window = { data, offset: to * length, stride: length }
    applyBlock(reflectors, { from, to, direction: 'forward' }, window, count - to)
  }
  return reflectors
}

/** row ← row − τ (row · v) v. */
function reflectRow(row: Float64Array, v: Float64Array, at: { tau: number; first: number }): void {
  let overlap = 0
  for (let i = at.first; i < v.length; i++) overlap += row[i]! * v[i]!
  const weight = at.tau * overlap
  for (let i = at.first; i < v.length; i++) row[i]! -= weight * v[i]!
}
