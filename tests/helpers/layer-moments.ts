/** Statistics of rows that are at hand as matrices, for tests of what is fitted to them. */
import { matrix, transpose, type Matrix } from '../../src-main/linalg/matrix'
import type { PairedMoments } from '../../src-main/compression/paired-moments'
import type { MomentSum } from '../../src-main/compression/second-moment'
import { add, multiply } from './dense-matrices'

export function momentsOf(rows: Matrix): MomentSum {
  return { sum: multiply(transpose(rows), rows), rowSum: columnSums(rows), rowCount: rows.rows }
}

/** Of rows x′ in the compressed model and x in the original. */
export function pairedMomentsOf(compressed: Matrix, original: Matrix): PairedMoments {
  const drift = add(original, compressed, -1)
  return {
    inputs: momentsOf(compressed),
    drift: { product: multiply(transpose(compressed), drift), rowSum: columnSums(drift) }
  }
}

function columnSums(rows: Matrix): Float64Array {
  return multiply(matrix(1, rows.rows, new Float64Array(rows.rows).fill(1)), rows).data
}
