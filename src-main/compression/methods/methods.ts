import { asvd } from './asvd'
import type { LowRankMethod } from './low-rank-method'
import { outputPca } from './output-pca'
import { weightSvd } from './weight-svd'
import { whitenedSvd } from './whitened-svd'

/** Every low-rank method by name. A new method is a file and a row here. */
export const lowRankMethodTable = {
  'weight-svd': weightSvd,
  asvd,
  'whitened-svd': whitenedSvd,
  'output-pca': outputPca
} as const satisfies Record<LowRankMethod['name'], LowRankMethod>
