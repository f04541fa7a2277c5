/** From the dry voice of a speech synthesizer to an utterance as it is recorded in a room with noise. */
import { WorkbenchError } from '@contract/errors'
import { wavHeaderBytes } from '@contract/wav'
import type { Audio } from '../speech/audio/audio'
import { decodeWav } from '../speech/audio/wav'
import { resampleAudio } from '../speech/audio/resample'
import { withNoise } from './noise'
import { reverberate } from './reverberation'
import type { PlannedUtterance } from './speech-plan'

/** Rate of all of the demo's speech. */
export const demoSampleRateHz = 16_000

/** Below this against its peak the synthesizer says nothing. */
const silenceDecibels = -50

/** Samples are multiples of this, of full scale: 12 bits, which FLAC stores in three quarters of the space. */
const quantum = 2 ** -11

/**
 * The sound that espeak-ng writes to its standard output.
 *
 * It writes the header before it knows the length, with a size that no file has; the size is set right here.
 *
 * @throws WorkbenchError `invalid-input` when it is no WAV file or holds no sound.
 */
export function decodeSynthesized(bytes: Uint8Array, name: string): Audio {
  if (bytes.length <= wavHeaderBytes) {
    throw new WorkbenchError(
      'invalid-input',
      `The synthesizer returned ${bytes.length} bytes for '${name}', expected a WAV file with sound in it.`
    )
  }
  const corrected = bytes.slice()
  const view = new DataView(corrected.buffer)
  view.setUint32(4, corrected.length - 8, true)
  view.setUint32(40, corrected.length - wavHeaderBytes, true)
  return decodeWav(corrected, name)
}

/**
 * The utterance as `planned`, from what the synthesizer said: resampled, cut to the words, put into its room, with noise, at
 * its level, on a grid of 12 bits.
 *
 * - result [samples] at 16 kHz, multiples of 2⁻¹¹ in (-1, 1).
 *
 * Deterministic.
 * @throws WorkbenchError `invalid-input` when the synthesizer said nothing.
 */
export async function renderUtterance(spoken: Audio, planned: PlannedUtterance): Promise<Float32Array> {
  const { samples } = await resampleAudio(spoken, demoSampleRateHz)
  const words = withoutSilence(samples, planned.id)
  const lead = Math.round(planned.leadSeconds * demoSampleRateHz)
  const tail = Math.round(planned.tailSeconds * demoSampleRateHz)
  const heard = new Float64Array(lead + words.length + tail)
  heard.set(reverberate(words, planned.room, demoSampleRateHz).subarray(0, words.length + tail), lead)
  const recorded = withNoise(heard, planned.noise, demoSampleRateHz)
  const peak = recorded.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)
  const scale = 10 ** (planned.peakDecibels / 20) / peak
  return Float32Array.from(recorded, (sample) => Math.round((sample * scale) / quantum) * quantum)
}

function withoutSilence(samples: Float32Array, id: string): Float32Array {
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)
  const threshold = peak * 10 ** (silenceDecibels / 20)
  const isSound = (sample: number) => Math.abs(sample) > threshold
  const first = samples.findIndex(isSound)
  if (first === -1) {
    throw new WorkbenchError('invalid-input', `The synthesizer said nothing for '${id}', expected words.`)
  }
  return samples.subarray(first, samples.findLastIndex(isSound) + 1)
}
