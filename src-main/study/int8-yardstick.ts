/** A tier must beat what costs nothing: plain int8. */
export interface TradeOffPoint {
  readonly wordErrorRate: number
  readonly sizeBytes: number
  readonly latencyMilliseconds: number
}

/**
 * Whether plain int8 is at least as good as the tier in error rate, bytes and latency at once. Such a tier has no
 * reason to exist, and reports say so.
 */
export function isDominatedByInt8(tier: TradeOffPoint, int8: TradeOffPoint): boolean {
  return (
    int8.wordErrorRate <= tier.wordErrorRate &&
    int8.sizeBytes <= tier.sizeBytes &&
    int8.latencyMilliseconds <= tier.latencyMilliseconds
  )
}
