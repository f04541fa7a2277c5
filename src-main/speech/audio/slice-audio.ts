import { WorkbenchError } from '@contract/errors'
import type { Audio } from './audio'

/** A stretch of a recording. */
export interface AudioSegment {
  readonly offsetSeconds: number
  /** Up to the end of the recording when left out. */
  readonly durationSeconds?: number | undefined
}

/**
 * The samples [round(offset · rate), round((offset + duration) · rate)) of `audio`, as a view without a copy.
 *
 * Manifests round durations to milliseconds, so an end up to 1 ms past the recording is cut back to its end.
 *
 * @throws WorkbenchError `invalid-input` when the segment is empty or leaves the recording, naming `what`.
 */
export function sliceAudio(audio: Audio, segment: AudioSegment, what: string): Audio {
  const rate = audio.sampleRateHz
  const begin = Math.round(segment.offsetSeconds * rate)
  const durationSeconds = segment.durationSeconds ?? audio.durationSeconds - segment.offsetSeconds
  const end = Math.round((segment.offsetSeconds + durationSeconds) * rate)
  const slackSamples = Math.ceil(rate / 1000)
  const isInside = begin >= 0 && begin < audio.samples.length && end <= audio.samples.length + slackSamples
  if (!isInside || end <= begin) {
    const asked = segment.durationSeconds === undefined ? 'all' : `${segment.durationSeconds} s`
    throw new WorkbenchError(
      'invalid-input',
      `'${what}' asks for ${asked} from ${segment.offsetSeconds} s, but its recording has ${audio.durationSeconds} s.`
    )
  }
  const samples = audio.samples.subarray(begin, Math.min(end, audio.samples.length))
  return { ...audio, samples, durationSeconds: samples.length / rate }
}
