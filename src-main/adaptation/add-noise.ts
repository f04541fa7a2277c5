import type { NoiseSettings } from '@contract/training'
import type { Prng } from '../base/prng'

/**
 * A copy of the sound with white noise, or the sound itself when the draw says so.
 *
 * The noise has the power of the sound ÷ 10^(decibels / 10); silence stays silent.
 */
export function addNoise(
  samples: Float32Array,
  { probability, decibels }: NoiseSettings,
  prng: Prng
): Float32Array {
  if (prng.uniform() >= probability) return samples
  const [lowest, highest] = decibels
  const ratio = lowest + (highest - lowest) * prng.uniform()
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length)
  const deviation = Math.sqrt(power / 10 ** (ratio / 10))
  return samples.map((sample) => sample + deviation * prng.normal())
}
