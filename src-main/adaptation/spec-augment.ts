import type { SpecAugmentSettings } from '@contract/training'
import type { Prng } from '../base/prng'

/** How the features of one recording lie in memory. */
export interface FeatureLayout {
  /** [1, bins, frames] or, frames first, [1, frames, bins]. */
  readonly dims: readonly number[]
  /** 1 or 2. */
  readonly timeAxis: number
}

/**
 * A copy of the features of one recording with bands of frequencies and stretches of time set to the recording's mean.
 *
 * Widths are drawn from 0 to the setting, places evenly among those where the mask fits. Time is not warped.
 *
 * Source: Park et al., SpecAugment (2019), section 2, with the mean in place of 0 since features need not be centred.
 */
export function specAugment(
  features: Float32Array,
  { dims, timeAxis }: FeatureLayout,
  { frequencyMasks, frequencyBins, timeMasks, timeFrames, timeShare }: SpecAugmentSettings,
  prng: Prng
): Float32Array {
  const masked = Float32Array.from(features)
  const mean = features.reduce((sum, value) => sum + value, 0) / Math.max(1, features.length)
  const [bins, frames] = timeAxis === 2 ? [dims[1]!, dims[2]!] : [dims[2]!, dims[1]!]
  const place = (bin: number, frame: number) => (timeAxis === 2 ? bin * frames + frame : frame * bins + bin)
  const mask = (rows: readonly [number, number], columns: readonly [number, number]) => {
    for (let bin = rows[0]; bin < rows[1]; bin++) {
      for (let frame = columns[0]; frame < columns[1]; frame++) masked[place(bin, frame)] = mean
    }
  }
  for (let count = 0; count < frequencyMasks; count++) mask(band(bins, frequencyBins, prng), [0, frames])
  const widest = Math.min(timeFrames, Math.floor(frames * timeShare))
  for (let count = 0; count < timeMasks; count++) mask([0, bins], band(frames, widest, prng))
  return masked
}

/** [from, to) of a band of 0 to `widest` somewhere in `size`. */
function band(size: number, widest: number, prng: Prng): readonly [number, number] {
  const width = prng.integer(Math.min(widest, size) + 1)
  const from = prng.integer(size - width + 1)
  return [from, from + width]
}
