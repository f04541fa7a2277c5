import { cutFactors, storedFactors } from '../../src-main/compression/cut-factors'
import type { LowRankFactors } from '../../src-main/compression/low-rank-factors'
import type { StoredFactors } from '../../src-main/onnx/passes/replace-with-factors'

/** The pair of rank r as it is stored. */
export function truncate(factors: LowRankFactors, rank: number): StoredFactors<Float32Array> {
  return storedFactors(cutFactors(factors, rank))
}
