/**
 * Sound at another sample rate, through `@alexanderolsen/libsamplerate-js` (libsamplerate, best sinc converter).
 *
 * The library's one-call interface stops at 1,008,000 samples (21 s at 48 kHz) and beyond that loses the end, so sound
 * is streamed through in pieces. The stream has no call to end it; zeros push the last samples out, which is what the
 * converter assumes past the end anyway.
 */
import { WorkbenchError } from '@contract/errors'
import { ConverterType, create } from '@alexanderolsen/libsamplerate-js'
import type { Audio } from './audio'

/** Recorded with resampled sound; a test holds the version against the installed package. */
export const resamplerName = 'libsamplerate-js 2.1.2, sinc best quality'

/**
 * Band-limited interpolation of `audio` at the instants k / `toHz`.
 *
 * - result [ceil(samples · toHz / rate)]: every instant that lies within the recording; not shifted in time.
 * - a tone up to 0.93 of the lower Nyquist frequency stays as it is to -120 dB; from that Nyquist frequency upwards tones
 *   are suppressed by 120 dB, and nothing of them is folded back. Values may overshoot [-1, 1].
 *
 * Deterministic. Returns `audio` itself when it has the rate already; otherwise `resampledFrom` says what was done.
 *
 * @throws WorkbenchError `invalid-input` when a rate is not a whole number from 1 to 192000, or when the two are more
 *   than a factor of 256 apart.
 * Source: J. O. Smith, "Digital Audio Resampling", as implemented by E. de Castro Lopo.
 */
export async function resampleAudio(audio: Audio, toHz: number): Promise<Audio> {
  const fromHz = audio.sampleRateHz
  if (fromHz === toHz) return audio
  const isRate = (rate: number) => Number.isInteger(rate) && rate >= 1 && rate <= 192_000
  if (!isRate(fromHz) || !isRate(toHz) || Math.max(fromHz / toHz, toHz / fromHz) > 256) {
    throw new WorkbenchError(
      'invalid-input',
      `Sound cannot be resampled from ${fromHz} Hz to ${toHz} Hz, expected whole rates from 1 to 192000 Hz, at most a factor of 256 apart.`
    )
  }
  // Integers, so that the division is exact where the length is.
  const length = Math.ceil((audio.samples.length * toHz) / fromHz)
  const samples = await convert(audio.samples, { fromHz, toHz, length })
  return {
    ...audio,
    samples,
    sampleRateHz: toHz,
    durationSeconds: length / toHz,
    resampledFrom: { sampleRateHz: audio.resampledFrom?.sampleRateHz ?? fromHz, resampler: resamplerName }
  }
}

interface Conversion {
  readonly fromHz: number
  readonly toHz: number
  /** Samples wanted. */
  readonly length: number
}

/** Both ends of a piece must fit the library's buffers of 1,008,000 samples, with room for what it held back. */
const pieceSamples = 500_000

async function convert(samples: Float32Array, { fromHz, toHz, length }: Conversion): Promise<Float32Array> {
  const converter = await create(1, fromHz, toHz, { converterType: ConverterType.SRC_SINC_BEST_QUALITY })
  try {
    const piece = Math.floor(Math.min(pieceSamples, (pieceSamples * fromHz) / toHz))
    const result = new Float32Array(length)
    let written = 0
    const push = (input: Float32Array) => {
      const output = converter.full(input)
      result.set(output.subarray(0, length - written), written)
      written += Math.min(output.length, length - written)
    }
    for (let begin = 0; begin < samples.length; begin += piece) push(samples.subarray(begin, begin + piece))
    const silence = new Float32Array(Math.min(piece, 8192))
    while (written < length) push(silence)
    return result
  } finally {
    converter.destroy()
  }
}
