/** A tier must beat what costs nothing: plain int8. */
export interface TradeOffPoint {
  /** Of words, or of labels. */
  readonly wordErrorRate: number
  readonly sizeBytes: number
  /** p50 per utterance. */
  readonly latencyMilliseconds: number
}

/** Medians of the same model in two processes differ by this much: less says nothing about which one is faster. */
const latencyNoise = 0.05

/**
 * Whether plain int8 is at least as good as the tier in error rate, bytes and latency at once. Such a tier has no
 * reason to exist, and reports say so. A tier that is faster by less than 5 % is not faster.
 */
export function isDominatedByInt8(tier: TradeOffPoint, int8: TradeOffPoint): boolean {
  return (
    int8.wordErrorRate <= tier.wordErrorRate &&
    int8.sizeBytes <= tier.sizeBytes &&
    int8.latencyMilliseconds * (1 - latencyNoise) <= tier.latencyMilliseconds
  )
}
