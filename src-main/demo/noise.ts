/** Noises of the demo, and their level against speech. */
import { createPrng, type Prng } from '../base/prng'
import { fourierTransform, inverseFourierTransform, powerOfTwoFrom } from './fourier'

/**
 * Spectra: `white` is flat, `pink` falls by 3 dB per octave, `brown` by 6 dB. `babble` is like distant talk: five streams of
 * noise with the long-term spectrum of speech, each swelling at the pace of syllables.
 */
export const noiseColours = ['white', 'pink', 'brown', 'babble'] as const
export type NoiseColour = (typeof noiseColours)[number]

export interface Noise {
  readonly colour: NoiseColour
  /** Mean power of the utterance over mean power of the noise. */
  readonly signalToNoiseDecibels: number
  readonly seed: number
}

/** Rumble below this is left out: nobody hears it, and brown noise would be nothing else. */
const lowestHz = 50
const babbleTalkers = 5

/** Amplitude by frequency; the scale does not matter. */
const amplitudes: Readonly<Record<NoiseColour, (hz: number) => number>> = {
  white: () => 1,
  pink: (hz) => 1 / Math.sqrt(hz),
  brown: (hz) => 1 / hz,
  // Flat to 500 Hz, then 9 dB per octave down, near the average of spoken languages.
  // Source: D. Byrne et al., "An international comparison of long-term average speech spectra", 1994.
  babble: (hz) => Math.min(1, (500 / hz) ** 1.5)
}

/**
 * Noise [length] of mean power 1.
 *
 * White noise, filtered in the frequency domain, so that it is periodic over the next power of two of `length`.
 */
export function colouredNoise(
  { colour, seed }: Pick<Noise, 'colour' | 'seed'>,
  length: number,
  sampleRateHz: number
): Float64Array {
  const prng = createPrng(seed)
  if (colour !== 'babble') return atUnitPower(shapedNoise(colour, length, sampleRateHz, prng))
  const sum = new Float64Array(length)
  for (let talker = 0; talker < babbleTalkers; talker++) {
    const voice = shapedNoise('babble', length, sampleRateHz, prng)
    const envelope = syllables(length, sampleRateHz, prng)
    for (let n = 0; n < length; n++) sum[n] = sum[n]! + voice[n]! * envelope[n]!
  }
  return atUnitPower(sum)
}

function shapedNoise(colour: NoiseColour, length: number, sampleRateHz: number, prng: Prng): Float64Array {
  const size = powerOfTwoFrom(length)
  const real = Float64Array.from({ length: size }, () => prng.normal())
  const imaginary = new Float64Array(size)
  fourierTransform({ real, imaginary })
  for (let k = 0; k < size; k++) {
    const hz = (Math.min(k, size - k) * sampleRateHz) / size
    const amplitude = hz < lowestHz ? 0 : amplitudes[colour](hz)
    real[k] = real[k]! * amplitude
    imaginary[k] = imaginary[k]! * amplitude
  }
  inverseFourierTransform({ real, imaginary })
  return real.subarray(0, length)
}

/** Swells of 0.15 to 0.35 s, each a raised cosine of its own height. */
function syllables(length: number, sampleRateHz: number, prng: Prng): Float64Array {
  const envelope = new Float64Array(length)
  let begin = -Math.round(0.3 * sampleRateHz * prng.uniform())
  while (begin < length) {
    const duration = Math.round((0.15 + 0.2 * prng.uniform()) * sampleRateHz)
    const height = prng.uniform()
    for (let n = Math.max(0, begin); n < Math.min(length, begin + duration); n++) {
      envelope[n] = height * (1 - Math.cos((2 * Math.PI * (n - begin)) / duration))
    }
    begin += duration
  }
  return envelope
}

/** Mean of the squares. */
export function meanPower(samples: ArrayLike<number>): number {
  let sum = 0
  for (let n = 0; n < samples.length; n++) sum += samples[n]! * samples[n]!
  return sum / Math.max(1, samples.length)
}

function atUnitPower(samples: Float64Array): Float64Array {
  const scale = 1 / Math.sqrt(meanPower(samples))
  return samples.map((sample) => sample * scale)
}

/**
 * Speech with noise added, such that meanPower(speech) ÷ meanPower(what was added) is 10^(decibels / 10). Silence stays
 * silent.
 */
export function withNoise(speech: Float64Array, noise: Noise, sampleRateHz: number): Float64Array {
  const added = colouredNoise(noise, speech.length, sampleRateHz)
  const scale = Math.sqrt(meanPower(speech) / (meanPower(added) * 10 ** (noise.signalToNoiseDecibels / 10)))
  return speech.map((sample, n) => sample + scale * added[n]!)
}
