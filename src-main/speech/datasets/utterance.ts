import type { Audio } from '../audio/audio'
import { sliceAudio } from '../audio/slice-audio'

/** One recording, or one stretch of it, with what was said. */
export interface Utterance {
  /** Stable across runs and machines: the audio path as the manifest writes it, plus `#offset` for a segment. */
  readonly id: string
  /** As the manifest writes it: relative to the manifest's folder, or absolute. */
  readonly audioPath: string
  /** Present when the utterance is a segment of its recording. */
  readonly offsetSeconds?: number
  readonly durationSeconds: number
  /** The reference transcript, not normalized. */
  readonly text: string
  readonly speaker?: string
}

/**
 * The part of a decoded recording that belongs to `utterance`: all of it, unless the utterance has an offset.
 *
 * Without an offset the whole file counts, whatever its manifest says, since written durations are rounded.
 *
 * @throws WorkbenchError `invalid-input` when the segment leaves the recording.
 */
export function utteranceAudio(recording: Audio, utterance: Utterance): Audio {
  const { offsetSeconds, durationSeconds } = utterance
  if (offsetSeconds === undefined) return recording
  return sliceAudio(recording, { offsetSeconds, durationSeconds }, utterance.id)
}
