import { matrix, type Matrix } from './matrix'

/** The indices of `values` from the largest value to the smallest; equal values keep their order. */
export function descendingOrder(values: Float64Array): Int32Array {
  return Int32Array.from(values.keys()).sort((i, j) => values[j]! - values[i]! || i - j)
}

/** Without it, a rounding error would choose between the entries of a vector such as (1, -1)/√2. */
const margin = 1 + 1e-9

/**
 * 1 or -1 per row of `rows` [k, n]: the factor that makes its entry of largest magnitude positive. The first of
 * several entries within rounding of the largest decides.
 */
export function rowSigns(rows: Matrix): Float64Array {
  const signs = new Float64Array(rows.rows)
  for (let i = 0; i < rows.rows; i++) signs[i] = rowSign(rows, i)
  return signs
}

function rowSign({ data, columns }: Matrix, row: number): number {
  let largest = 0
  for (let at = row * columns; at < (row + 1) * columns; at++) {
    if (Math.abs(data[at]!) > Math.abs(largest) * margin) largest = data[at]!
  }
  return largest < 0 ? -1 : 1
}

/** Changes the sign of the rows of `rows` [k, n] that `rowSigns` says, in place. */
export function makeLargestPositive(rows: Matrix): void {
  for (let i = 0; i < rows.rows; i++) if (rowSign(rows, i) < 0) negateRow(rows, i)
}

function negateRow({ data, columns }: Matrix, row: number): void {
  for (let at = row * columns; at < (row + 1) * columns; at++) data[at] = -data[at]!
}

/** Column k of the result [n, k] is row `order[k]` of `rows` [k, n], times `signs[order[k]]`. */
export function columnsFromRows(rows: Matrix, order: Int32Array, signs: Float64Array): Matrix {
  const count = order.length
  const result = matrix(rows.columns, count)
  // Tiles of 32 keep both the rows read and the rows written in the cache.
  for (let from = 0; from < count; from += 32) {
    const to = Math.min(count, from + 32)
    for (let i = 0; i < rows.columns; i++) {
      for (let k = from; k < to; k++) {
        const row = order[k]!
        result.data[i * count + k] = signs[row]! * rows.data[row * rows.columns + i]!
      }
    }
  }
  return result
}
