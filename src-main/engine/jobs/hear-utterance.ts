/** Reads recordings of a data set and runs a model on them. */
import type { Measurement } from '@contract/trial'
import type { UtteranceTiming } from '../../evaluation/latency'
import type { Audio } from '../../speech/audio/audio'
import type { Utterance } from '../../speech/datasets/utterance'
import type { SpeechRecognizer } from '../../speech/families/family'
import { namingNonFinite, type SuspectModel } from './name-non-finite'
import { onUtterance, unreadableReason, type Dataset } from './dataset'
import type { Heard } from './score-utterance'

/** What is heard, and by what. */
export interface Speech {
  readonly recognizer: SpeechRecognizer
  /** What is heard by, to name the layer when it gives values that are not finite. */
  readonly suspect: SuspectModel
  readonly dataset: Dataset
  /** Rate to resample to; undefined: audio at another rate is refused. */
  readonly resampleToHz: number | undefined
  /** Whether recordings that cannot be read are left out. */
  readonly skipUnreadable: boolean
}

/** A recording that was left out. */
export type Unreadable = Measurement['unreadable'][number]

/**
 * The sound of an utterance, or why there is none.
 *
 * @throws WorkbenchError naming the utterance when it is unreadable and must not be left out.
 */
export async function readRecording(
  { dataset, resampleToHz, skipUnreadable }: Omit<Speech, 'recognizer'>,
  utterance: Utterance
): Promise<{ readonly audio: Audio } | { readonly unreadable: Unreadable }> {
  try {
    return { audio: await onUtterance(utterance, () => dataset.audio(utterance, resampleToHz)) }
  } catch (error) {
    if (!skipUnreadable) throw error
    return { unreadable: { utteranceId: utterance.id, reason: unreadableReason(error) } }
  }
}

/** Decoding the audio file is not timed; features, network and text are. */
export function hear(
  { recognizer, suspect }: Pick<Speech, 'recognizer' | 'suspect'>,
  utterance: Utterance,
  audio: Audio
): Promise<Heard> {
  return onUtterance(utterance, async () => {
    const { interpretation, timings } = await namingNonFinite(suspect, audio, () =>
      recognizer.recognize(audio)
    )
    const { featuresMilliseconds, modelMilliseconds, decodeMilliseconds } = timings
    const processingMilliseconds = featuresMilliseconds + modelMilliseconds + decodeMilliseconds
    return { interpretation, timing: { processingMilliseconds, audioSeconds: audio.durationSeconds } }
  })
}

/** Runs the first readable utterances untallied: the first run pays for memory and code that later ones reuse. */
export async function warmUp(speech: Speech, count: number): Promise<UtteranceTiming[]> {
  const timings: UtteranceTiming[] = []
  for (const utterance of speech.dataset.utterances) {
    if (timings.length >= count) break
    const recording = await readRecording(speech, utterance)
    if ('audio' in recording) timings.push((await hear(speech, utterance, recording.audio)).timing)
  }
  return timings
}
