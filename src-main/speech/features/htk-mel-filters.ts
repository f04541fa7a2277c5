/**
 * Triangular mel filters on HTK's scale, as Kaldi draws them: straight lines over mel, not over hertz, and no area
 * normalization.
 * Source: S. Young et al., The HTK Book; Kaldi, src/feat/mel-computations.cc (MelBanks), without vocal tract warping.
 */
import { WorkbenchError } from '@contract/errors'

export interface HtkMelFilterParameters {
  readonly melBins: number
  readonly fftLength: number
  readonly sampleRateHz: number
  /** Left end of the first triangle. */
  readonly lowFrequencyHz: number
  /** Right end of the last triangle, at most half the sample rate. */
  readonly highFrequencyHz: number
}

/** HTK's mel of a frequency: 1127 · ln(1 + f / 700). */
function hzToHtkMel(frequencyHz: number): number {
  return 1127 * Math.log(1 + frequencyHz / 700)
}

/**
 * The filter matrix [fftLength / 2 + 1, melBins], row-major, float64: power spectrum · matrix = mel power.
 *
 * Filter m rises from corner m to corner m + 1 and falls to corner m + 2, linearly in mel; the corners divide
 * lowFrequencyHz .. highFrequencyHz equally in mel. The peak is 1.
 *
 * @throws WorkbenchError `unsupported-model` when a filter is so narrow that no frequency falls under it.
 */
export function htkMelFilters(parameters: HtkMelFilterParameters): Float64Array {
  const { melBins, fftLength, sampleRateHz, lowFrequencyHz, highFrequencyHz } = parameters
  const frequencies = Math.floor(fftLength / 2) + 1
  const lowestMel = hzToHtkMel(lowFrequencyHz)
  const melStep = (hzToHtkMel(highFrequencyHz) - lowestMel) / (melBins + 1)
  const filters = new Float64Array(frequencies * melBins)
  const isEmpty = new Array<boolean>(melBins).fill(true)
  for (let k = 0; k < frequencies; k++) {
    // In steps from the lowest corner: filter m covers m .. m + 2.
    const steps = (hzToHtkMel((k * sampleRateHz) / fftLength) - lowestMel) / melStep
    for (let m = 0; m < melBins; m++) {
      const height = Math.max(0, 1 - Math.abs(steps - (m + 1)))
      if (height > 0) isEmpty[m] = false
      filters[k * melBins + m] = height
    }
  }
  const empty = isEmpty.indexOf(true)
  if (empty !== -1) {
    throw new WorkbenchError(
      'unsupported-model',
      `Mel filter ${empty} of ${melBins} lies between two frequencies of an FFT of length ${fftLength}; expected fewer filters or a longer FFT.`
    )
  }
  return filters
}
