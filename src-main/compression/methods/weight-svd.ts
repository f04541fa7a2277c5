/**
 * Plain truncated SVD: the nearest matrix of a rank, ‖W − W′‖ smallest (Eckart-Young). Looks at the weight alone, so
 * it treats directions that speech never takes like those it always takes; speech models collapse early under it.
 */
import { lowRankFactors } from '../low-rank-factors'
import type { LowRankMethod } from './low-rank-method'

export const weightSvd: LowRankMethod = {
  name: 'weight-svd',
  version: 2,
  needsCalibration: false,
  minimises: 'weights',
  factorize: (weight, { products }) => lowRankFactors(weight, undefined, products)
}
