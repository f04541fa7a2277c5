import { WorkbenchError } from '@contract/errors'
import type { Audio } from './audio'

/**
 * Averages channels to mono: y[t] = (1/C) · Σ x_c[t], summed in float64.
 *
 * - `channels` C arrays of [samples], equally long; not modified. A single channel is handed on without a copy.
 *
 * @throws WorkbenchError `invalid-input` when there is no sample, or when one is not finite, naming where.
 */
export function mixDown(channels: readonly Float32Array[], sampleRateHz: number, fileName: string): Audio {
  const [first, ...others] = channels
  if (first === undefined || first.length === 0) {
    throw new WorkbenchError('invalid-input', `'${fileName}' holds no samples, expected at least one.`)
  }
  const samples = others.length === 0 ? first : average(channels, first.length)
  const broken = samples.findIndex((sample) => !Number.isFinite(sample))
  if (broken >= 0) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' holds ${samples[broken]!} at sample ${broken}, expected finite numbers.`
    )
  }
  return {
    samples,
    sampleRateHz,
    channelCount: channels.length,
    durationSeconds: samples.length / sampleRateHz
  }
}

function average(channels: readonly Float32Array[], length: number): Float32Array {
  const mono = new Float32Array(length)
  for (let t = 0; t < length; t++) {
    let sum = 0
    for (const channel of channels) sum += channel[t]!
    mono[t] = sum / channels.length
  }
  return mono
}
