import { WorkbenchError } from '@contract/errors'

/** A dense float64 matrix, row-major: element (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** A matrix over `data`, which is not copied; zeros when left out. */
export function matrix(rows: number, columns: number, data?: Float64Array): Matrix {
  const values = data ?? new Float64Array(rows * columns)
  if (values.length !== rows * columns) {
    throw new WorkbenchError(
      'internal',
      `A ${rows} x ${columns} matrix needs ${rows * columns} values, got ${values.length}.`
    )
  }
  return { rows, columns, data: values }
}

export function identity(size: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) result.data[i * size + i] = 1
  return result
}

export function transpose(a: Matrix): Matrix {
  const result = matrix(a.columns, a.rows)
  // Strips of 16 columns: the rows written stay in the cache.
  for (let from = 0; from < a.columns; from += 16) {
    const to = Math.min(a.columns, from + 16)
    for (let i = 0; i < a.rows; i++) {
      for (let j = from; j < to; j++) result.data[j * a.rows + i] = a.data[i * a.columns + j]!
    }
  }
  return result
}

/** Whether no value is NaN or infinite. */
export function allFinite(values: Float64Array): boolean {
  // A finite value times zero is zero; anything else makes the sum NaN.
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0
  return sum === 0
}

/** Frobenius norm: the square root of the sum of squares. */
export function frobeniusNorm(a: Matrix): number {
  return Math.sqrt(a.data.reduce((sum, value) => sum + value * value, 0))
}

/** Columns [from, to) as a new matrix. */
export function columnSlice(a: Matrix, from: number, to: number): Matrix {
  const result = matrix(a.rows, to - from)
  for (let i = 0; i < a.rows; i++) {
    result.data.set(a.data.subarray(i * a.columns + from, i * a.columns + to), i * (to - from))
  }
  return result
}
