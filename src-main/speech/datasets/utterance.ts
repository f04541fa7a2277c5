import type { Audio } from '../audio/audio'
import { sliceAudio } from '../audio/slice-audio'

/** One recording, or one stretch of it, with what was said. */
export interface Utterance {
  /**
   * Unique in its data set and stable across runs and machines: the id that the layout gives, or else the audio path
   * as the layout writes it, plus `#offset` for a segment.
   */
  readonly id: string
  /** As the layout writes it: relative to the data set's folder, or absolute. */
  readonly audioPath: string
  /** Present when the utterance is a segment of its recording. */
  readonly offsetSeconds?: number
  /** As the layout says it, so rounded; absent where it does not, and known only once the audio is decoded. */
  readonly durationSeconds?: number
  /** The reference transcript, not normalized. Of a clip that is only classified, its label. */
  readonly text: string
  /** The class of the clip, in data sets for classification. */
  readonly label?: string
  readonly speaker?: string
  /** As the layout writes it, such as `en` or `zh-TW`. */
  readonly language?: string
}

/**
 * The part of a decoded recording that belongs to `utterance`: all of it, unless the utterance has an offset.
 *
 * Without an offset the whole file counts, whatever its manifest says, since written durations are rounded. With an
 * offset and no duration the utterance goes on to the end.
 *
 * @throws WorkbenchError `invalid-input` when the segment leaves the recording.
 */
export function utteranceAudio(recording: Audio, utterance: Utterance): Audio {
  const { offsetSeconds, durationSeconds } = utterance
  if (offsetSeconds === undefined) return recording
  return sliceAudio(recording, { offsetSeconds, durationSeconds }, utterance.id)
}
