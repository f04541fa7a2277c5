import type { HeardRecording } from '@contract/transcription'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import type { InferenceBackend } from '../../runtime/inference-backend'
import { decodeAudio } from '../../speech/audio/decode-audio'
import { resampleAudio } from '../../speech/audio/resample'
import type { Interpretation } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import { readFile } from '../../workspace/files'
import type { TranscribeParams } from '../protocol'
import type { JobContext } from '../serve'

/**
 * Runs a model on one sound file of any format that Lathe decodes, at any sample rate.
 *
 * The model runs twice and the second time is reported, as it would be for every later recording.
 *
 * @throws WorkbenchError `invalid-input` when the file is no sound file, or too short or too long for the model.
 */
export async function transcribe(
  backend: InferenceBackend,
  clock: Clock,
  { description, modelFile, audioPath, audioName, threads }: TranscribeParams,
  context: JobContext
): Promise<HeardRecording> {
  const recording = await decodeAudio(await readFile(audioPath), audioName)
  const audio = await resampleAudio(recording, description.sampleRateHz)
  const loadStart = clock.nowMilliseconds()
  const source = { kind: 'file', path: modelFile } as const
  const recognizer = await openSpeechModel(backend, description, source, { threads, clock })
  const loadMilliseconds = clock.nowMilliseconds() - loadStart
  try {
    await recognizer.recognize(audio)
    await context.breathe()
    throwIfCancelled(context.signal)
    const { interpretation, timings } = await recognizer.recognize(audio)
    return {
      ...heard(interpretation),
      milliseconds: timings.featuresMilliseconds + timings.modelMilliseconds + timings.decodeMilliseconds,
      loadMilliseconds,
      audioSeconds: audio.durationSeconds,
      sampleRateHz: audio.sampleRateHz,
      resampledFromHz: audio.resampledFrom?.sampleRateHz ?? null
    }
  } finally {
    await recognizer.release()
  }
}

function heard(interpretation: Interpretation): Pick<HeardRecording, 'text' | 'topLabels'> {
  return interpretation.kind === 'text'
    ? { text: interpretation.text, topLabels: [] }
    : { text: interpretation.label, topLabels: interpretation.topLabels }
}
