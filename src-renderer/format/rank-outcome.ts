/** What a rank would make of one layer, computed from what is known already so that it can follow a slider. */
import type { LayerDescription } from '@contract/model'
import type { MatrixSpectrum, SpectrumCurve } from '@contract/spectra'

export interface RankOutcome {
  readonly parameters: number
  readonly float32Bytes: number
  /** One byte per number; the few scales are left out. */
  readonly int8Bytes: number
  readonly macsPerAudioSecond: number | null
  /** Predicted: discarded ÷ whole energy. Null where nothing was decomposed. */
  readonly error: { readonly weights: number | null; readonly activations: number | null }
}

type Sizes = Pick<LayerDescription, 'inFeatures' | 'outFeatures' | 'macsPerAudioSecond'>

/**
 * A layer of two factors of `rank`, r · (in + out) parameters, or as it is when `rank` is null. Multiplications follow the
 * parameters: both are used as often per frame.
 */
export function rankOutcome(
  { inFeatures, outFeatures, macsPerAudioSecond }: Sizes,
  spectrum: Pick<MatrixSpectrum, 'weight' | 'activationWeighted'> | undefined,
  rank: number | null
): RankOutcome {
  const dense = inFeatures * outFeatures
  const parameters = rank === null ? dense : rank * (inFeatures + outFeatures)
  const errorOf = (curve: SpectrumCurve | null | undefined) => {
    if (curve === null || curve === undefined) return null
    return rank === null ? 0 : discardedShare(curve, rank)
  }
  return {
    parameters,
    float32Bytes: 4 * parameters,
    int8Bytes: parameters,
    macsPerAudioSecond: macsPerAudioSecond === null ? null : (macsPerAudioSecond * parameters) / dense,
    error: { weights: errorOf(spectrum?.weight), activations: errorOf(spectrum?.activationWeighted) }
  }
}

/** Discarded ÷ whole energy at a rank; between listed ranks of a long spectrum on a straight line. */
export function discardedShare({ indices, discardedShares, length }: SpectrumCurve, rank: number): number {
  if (rank >= length) return 0
  const found = indices.findIndex((index) => index >= rank)
  // Behind the last listed value the spectrum goes on to its end, where nothing is discarded.
  const after = found < 0 ? indices.length : found
  const [right, rightShare] = [indices[after] ?? length, discardedShares[after] ?? 0]
  const [left, leftShare] = [indices[after - 1] ?? 0, discardedShares[after - 1] ?? 1]
  if (right === rank || right === left) return rightShare
  return leftShare + ((rightShare - leftShare) * (rank - left)) / (right - left)
}
