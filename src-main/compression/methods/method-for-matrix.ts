import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { hasInputRows } from '../layer-inputs'
import type { LowRankMethod } from './low-rank-method'
import { weightSvd } from './weight-svd'

/**
 * The method for one matrix: the one asked for, or `weight-svd` where every user of the matrix is an embedding.
 *
 * An embedding's inputs are one-hot rows, whose second moment is the diagonal of token frequencies. With every token
 * equally likely, C = I ÷ vocabulary, every method is the plain SVD; frequencies of one calibration set would give up the
 * words that it lacks.
 *
 * - `users`  the layers that share the matrix; statistics are those of `users.filter(hasInputRows)`.
 */
export function methodForMatrix(users: readonly LinearLayer[], method: LowRankMethod): LowRankMethod {
  return users.some(hasInputRows) ? method : weightSvd
}
