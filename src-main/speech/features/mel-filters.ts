/**
 * Triangular mel filters on the Slaney scale with Slaney's area normalization, as librosa and Whisper use them.
 * Source: M. Slaney, Auditory Toolbox (1998); librosa.filters.mel(htk=False, norm='slaney').
 */
import { WorkbenchError } from '@contract/errors'

export interface MelFilterParameters {
  readonly melBins: number
  readonly fftLength: number
  readonly sampleRateHz: number
}

/** Below this frequency the scale is linear, with 3 mel per 200 Hz; above, logarithmic. */
const linearLimitHz = 1000
const hzPerMel = 200 / 3
const linearLimitMel = linearLimitHz / hzPerMel
/** 27 mel from 1000 Hz to 6400 Hz. */
const logStep = Math.log(6.4) / 27

/** Slaney's mel of a frequency: f · 3/200 below 1 kHz, 15 + 27 · ln(f / 1000) / ln(6.4) from there. */
export function hzToMel(frequencyHz: number): number {
  return frequencyHz < linearLimitHz
    ? frequencyHz / hzPerMel
    : linearLimitMel + Math.log(frequencyHz / linearLimitHz) / logStep
}

/** The inverse of `hzToMel`. */
export function melToHz(mel: number): number {
  return mel < linearLimitMel ? mel * hzPerMel : linearLimitHz * Math.exp((mel - linearLimitMel) * logStep)
}

/**
 * The filter matrix [fftLength / 2 + 1, melBins], row-major, float64: power spectrum · matrix = mel power.
 *
 * Filter m is a triangle over the corners f_m, f_(m+1), f_(m+2), which divide 0 .. sampleRate / 2 equally in mel,
 * times 2 / (f_(m+2) - f_m), so that every triangle has the same area in hertz.
 *
 * @throws WorkbenchError `unsupported-model` when a filter is so narrow that no frequency falls under it.
 */
export function slaneyMelFilters({ melBins, fftLength, sampleRateHz }: MelFilterParameters): Float64Array {
  const frequencies = Math.floor(fftLength / 2) + 1
  const highestMel = hzToMel(sampleRateHz / 2)
  const corners = Array.from({ length: melBins + 2 }, (_, m) => melToHz((highestMel * m) / (melBins + 1)))
  const filters = new Float64Array(frequencies * melBins)
  for (let m = 0; m < melBins; m++) {
    const [left, centre, right] = [corners[m]!, corners[m + 1]!, corners[m + 2]!]
    let isEmpty = true
    for (let k = 0; k < frequencies; k++) {
      const frequencyHz = (k * sampleRateHz) / fftLength
      const rising = (frequencyHz - left) / (centre - left)
      const falling = (right - frequencyHz) / (right - centre)
      const height = Math.max(0, Math.min(rising, falling))
      if (height > 0) isEmpty = false
      filters[k * melBins + m] = (2 / (right - left)) * height
    }
    if (isEmpty) {
      throw new WorkbenchError(
        'unsupported-model',
        `Mel filter ${m} of ${melBins} lies between two frequencies of an FFT of length ${fftLength}; expected fewer filters or a longer FFT.`
      )
    }
  }
  return filters
}
