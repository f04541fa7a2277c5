/**
 * The one dense kernel under the blocked algorithms of this room: products of rows with rows.
 *
 * A dot product walks two contiguous rows; a tile of 2 x 4 of them keeps eight sums in registers, so that six loads
 * feed sixteen flops. That is the most scalar JavaScript gets out of a core, and no copy is needed.
 */

import type { Matrix } from './matrix'

/** A rectangular window of a row-major array: element (i, j) is `data[offset + i * stride + j]`. */
export interface RowWindow {
  readonly data: Float64Array
  readonly offset: number
  readonly stride: number
}

/** The rows of `a`, in their columns from `first` on. */
export function rowsOf(a: Matrix, first = 0): RowWindow {
  return { data: a.data, offset: first, stride: a.columns }
}

/** Copies [rows, columns]. */
export function copyRows(source: RowWindow, target: RowWindow, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) copyRow(source, i, target, { row: i, columns })
}

/** Copies the first `columns` entries of row `row` of `source` to another row of `target`. */
export function copyRow(
  source: RowWindow,
  row: number,
  target: RowWindow,
  to: { readonly row: number; readonly columns: number }
): void {
  const start = source.offset + row * source.stride
  target.data.set(source.data.subarray(start, start + to.columns), target.offset + to.row * target.stride)
}

/** Rows of B that are met again by every pair of rows of A while they are in the cache. */
const rowsPerBlock = 64
/** Length of one stretch of a dot product: 64 such rows fill 128 KiB, which any level-two cache holds. */
const innerPerBlock = 256

/**
 * C ← C + factor · A · Bᵀ.
 *
 * - `c` [rows, columns], `a` [rows, inner], `b` [columns, inner]; `c` is overwritten and must not overlap the others.
 */
export function addRowProducts(
  c: RowWindow,
  a: RowWindow,
  b: RowWindow,
  size: { readonly rows: number; readonly columns: number; readonly inner: number; readonly factor: number }
): void {
  const { rows, columns, inner, factor } = size
  for (let k = 0; k < inner; k += innerPerBlock) {
    const length = Math.min(innerPerBlock, inner - k)
    for (let from = 0; from < columns; from += rowsPerBlock) {
      const to = Math.min(columns, from + rowsPerBlock)
      let i = 0
      for (; i + 1 < rows; i += 2) addRowPair(c, a, b, { i, k, from, to, length, factor })
      if (i < rows) addSingleRow(c, a, b, { i, k, from, to, length, factor })
    }
  }
}

/** Row(s) from `i` of A times rows [from, to) of B, over the inner indices [k, k + length). */
interface Stretch {
  readonly i: number
  readonly k: number
  readonly from: number
  readonly to: number
  readonly length: number
  readonly factor: number
}

function addRowPair(c: RowWindow, a: RowWindow, b: RowWindow, at: Stretch): void {
  const { from, to, length, factor } = at
  const left = a.data
  const right = b.data
  const out = c.data
  const a0 = a.offset + at.i * a.stride + at.k
  const a1 = a0 + a.stride
  let j = from
  for (; j + 3 < to; j += 4) {
    const b0 = b.offset + j * b.stride + at.k
    const b1 = b0 + b.stride
    const b2 = b1 + b.stride
    const b3 = b2 + b.stride
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    let t0 = 0
    let t1 = 0
    let t2 = 0
    let t3 = 0
    for (let p = 0; p < length; p++) {
      const x = left[a0 + p]!
      const y = left[a1 + p]!
      let z = right[b0 + p]!
      s0 += x * z
      t0 += y * z
      z = right[b1 + p]!
      s1 += x * z
      t1 += y * z
      z = right[b2 + p]!
      s2 += x * z
      t2 += y * z
      z = right[b3 + p]!
      s3 += x * z
      t3 += y * z
    }
    const o = c.offset + at.i * c.stride + j
    const q = o + c.stride
    out[o]! += factor * s0
    out[o + 1]! += factor * s1
    out[o + 2]! += factor * s2
    out[o + 3]! += factor * s3
    out[q]! += factor * t0
    out[q + 1]! += factor * t1
    out[q + 2]! += factor * t2
    out[q + 3]! += factor * t3
  }
  if (j < to) {
    addSingleRow(c, a, b, { ...at, from: j })
    addSingleRow(c, a, b, { ...at, i: at.i + 1, from: j })
  }
}

function addSingleRow(c: RowWindow, a: RowWindow, b: RowWindow, at: Stretch): void {
  const start = a.offset + at.i * a.stride + at.k
  for (let j = at.from; j < at.to; j++) {
    const other = b.offset + j * b.stride + at.k
    let sum = 0
    for (let p = 0; p < at.length; p++) sum += a.data[start + p]! * b.data[other + p]!
    c.data[c.offset + at.i * c.stride + j]! += at.factor * sum
  }
}
