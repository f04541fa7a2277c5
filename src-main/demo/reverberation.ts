/** Rooms of the demo: a made impulse response and what it does to sound. */
import { createPrng } from '../base/prng'
import { convolve } from './fourier'

export interface Room {
  /** RT60: the time in which the energy falls by 60 dB, in seconds. */
  readonly reverberationSeconds: number
  /** Energy of the direct sound over that of everything after it. */
  readonly directToReverberantDecibels: number
  /** Of the reflections. */
  readonly seed: number
}

/** Walls that are heard one by one, and how late at most. */
const earlyReflections = 6
const earlyMilliseconds: readonly [number, number] = [2, 30]
/** From here on, reflections are too many to be told apart. */
const lateMilliseconds = 5

/**
 * The response of a room to an impulse: 1 at once, six early reflections of either sign, and normal noise that falls by 60 dB
 * in `reverberationSeconds`; the two together scaled to the ratio that the room asks for.
 *
 * Ends where the decay has reached -60 dB. Deterministic in the room's seed.
 * Source: J.-D. Polack, "La transmission de l'énergie sonore dans les salles", 1988 (decaying Gaussian noise).
 */
export function roomImpulseResponse(room: Room, sampleRateHz: number): Float64Array {
  const { reverberationSeconds, directToReverberantDecibels, seed } = room
  const prng = createPrng(seed)
  const response = new Float64Array(Math.ceil(reverberationSeconds * sampleRateHz) + 1)
  const decay = (n: number) => 10 ** ((-3 * n) / (reverberationSeconds * sampleRateHz))
  const late = Math.round((lateMilliseconds / 1000) * sampleRateHz)
  // Noise of this deviation has in 10 ms about the energy of one early reflection.
  const density = Math.sqrt(100 / sampleRateHz)
  for (let n = late; n < response.length; n++) response[n] = density * decay(n) * prng.normal()
  const [first, last] = earlyMilliseconds
  for (let reflection = 0; reflection < earlyReflections; reflection++) {
    const n = Math.round(((first + (last - first) * prng.uniform()) / 1000) * sampleRateHz)
    const sign = prng.uniform() < 0.5 ? -1 : 1
    if (n < response.length) response[n] = response[n]! + sign * (0.5 + prng.uniform()) * decay(n)
  }
  const energy = response.reduce((sum, value) => sum + value * value, 0)
  const scale = 10 ** (-directToReverberantDecibels / 20) / Math.sqrt(energy)
  const scaled = response.map((value) => value * scale)
  scaled[0] = 1
  return scaled
}

/** Sound in a room: [samples + taps - 1], the decay after its end included. */
export function reverberate(samples: Float32Array, room: Room, sampleRateHz: number): Float64Array {
  return convolve(samples, roomImpulseResponse(room, sampleRateHz))
}
