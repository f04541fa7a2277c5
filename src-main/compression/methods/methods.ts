import type { LowRankMethod } from './low-rank-method'
import { weightSvd } from './weight-svd'
import { whitenedSvd } from './whitened-svd'

/** Every low-rank method by name. A new method is a file and a row here. */
export const lowRankMethodTable = {
  'weight-svd': weightSvd,
  'whitened-svd': whitenedSvd
} as const satisfies Record<LowRankMethod['name'], LowRankMethod>
