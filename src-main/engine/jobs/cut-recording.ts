import { encodeWav } from '@contract/wav'
import { WorkbenchError } from '@contract/errors'
import { writeFile } from '../../workspace/files'
import type { CutParams, CutRecording } from '../protocol'
import { onUtterance, openDataset } from './dataset'

/**
 * Writes the sound of one utterance as a WAV file that any browser plays, at its own sample rate; a segment is cut out.
 *
 * @throws WorkbenchError `not-found` when the data set has no such utterance, `invalid-input` when its audio is damaged.
 */
export async function cutRecording({ datasetPath, utteranceId, wavPath }: CutParams): Promise<CutRecording> {
  // One incomplete entry of a set is no reason not to play another.
  const dataset = await openDataset(datasetPath, true)
  const utterance = dataset.utterances.find(({ id }) => id === utteranceId)
  if (utterance === undefined) {
    throw new WorkbenchError(
      'not-found',
      `'${dataset.name}' has no recording '${utteranceId}': it is not the data set that was evaluated, or it was changed since.`
    )
  }
  const { text, label } = utterance
  const { samples, sampleRateHz, durationSeconds } = await onUtterance(utterance, () =>
    dataset.audio(utterance)
  )
  await writeFile(wavPath, encodeWav(samples, sampleRateHz))
  return { transcripts: label === undefined ? [text] : [text, label], sampleRateHz, durationSeconds }
}
