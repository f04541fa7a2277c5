/**
 * The largest rank at which two factors hold fewer parameters than the matrix: r·(in + out) < in·out.
 *
 * 0 when no rank pays. Above it a layer stays dense: factors would be larger and slower.
 */
export function breakEvenRank(inFeatures: number, outFeatures: number): number {
  return Math.floor((inFeatures * outFeatures - 1) / (inFeatures + outFeatures))
}

/** Parameters of the pair [in, rank] · [rank, out]. */
export function factorParameterCount(inFeatures: number, outFeatures: number, rank: number): number {
  return rank * (inFeatures + outFeatures)
}
