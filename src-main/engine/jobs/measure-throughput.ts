/**
 * How fast a model works through recordings that are all there, where latency does not matter: padded batches of
 * recordings of like length. Only speed is measured; padding may change what the model hears, so nothing is scored.
 */
import { WorkbenchError } from '@contract/errors'
import type { Measurement, Throughput, UtteranceRecord } from '@contract/trial'
import { throwIfCancelled } from '../../base/abort'
import { lengthBatches } from '../../base/length-batches'
import type { Audio } from '../../speech/audio/audio'
import type { RecognitionTimings, SpeechRecognizer } from '../../speech/families/family'
import type { JobContext } from '../serve'
import { readRecording, type Speech } from './hear-utterance'

/**
 * Padded audio seconds and recordings in a batch. What a network keeps between two layers should fit into the cache of
 * a core; batches of 60 s of a Whisper tiny encoder are slower than its recordings one by one.
 */
export const batchLimits = { batchAudioSeconds: 16, mostRecordings: 16 } as const

/**
 * Runs every recorded utterance in batches and, between the batches, alone: both under the same load of the machine.
 *
 * Returns the obstacle instead when the model takes one recording at a time.
 */
export async function measureThroughput(
  speech: Speech,
  records: readonly UtteranceRecord[],
  context: JobContext
): Promise<Pick<Measurement, 'throughput' | 'throughputObstacle'>> {
  const { recognizer } = speech
  if (recognizer.batchObstacle !== undefined) return { throughputObstacle: recognizer.batchObstacle }
  const batches = lengthBatches(records, batchLimits)
  const sums = { audioSeconds: 0, batched: 0, alone: 0, inputSeconds: 0, paddingSeconds: 0 }
  for (const [index, batch] of batches.entries()) {
    throwIfCancelled(context.signal)
    const audios = await readBatch(speech, batch)
    // The first batch is run twice: the runtime lays out its memory at the first run.
    const warmUpObstacle = index === 0 ? await batchFailure(recognizer, audios) : undefined
    if (warmUpObstacle !== undefined) return { throughputObstacle: warmUpObstacle }
    for (const audio of audios) sums.alone += milliseconds((await recognizer.recognize(audio)).timings)
    const { timings, paddingShare } = await recognizer.recognizeBatch(audios)
    sums.batched += milliseconds(timings)
    const seconds = audios.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
    sums.audioSeconds += seconds
    sums.inputSeconds += seconds / (1 - paddingShare)
    sums.paddingSeconds += (seconds * paddingShare) / (1 - paddingShare)
    context.progress({
      stage: 'measure throughput',
      completed: index + 1,
      total: batches.length,
      unit: 'batches'
    })
    await context.breathe()
  }
  const throughput: Throughput = {
    realTimeSpeed: (sums.audioSeconds * 1000) / sums.batched,
    unbatchedRealTimeSpeed: (sums.audioSeconds * 1000) / sums.alone,
    batchAudioSeconds: batchLimits.batchAudioSeconds,
    batches: batches.length,
    paddingShare: sums.paddingSeconds / sums.inputSeconds
  }
  return { throughput }
}

/** A graph may name its batch dimension and yet have a size of one written into its inside. */
async function batchFailure(
  recognizer: SpeechRecognizer,
  audios: readonly Audio[]
): Promise<string | undefined> {
  try {
    // Two at least: a batch of one says nothing.
    await recognizer.recognizeBatch(audios.length > 1 ? audios : [...audios, ...audios])
    return undefined
  } catch (error) {
    const isObstacle =
      error instanceof WorkbenchError && (error.code === 'native' || error.code === 'unsupported-model')
    if (!isObstacle) throw error
    return `The model does not run several recordings at once: ${error.message}`
  }
}

async function readBatch(speech: Speech, batch: readonly UtteranceRecord[]): Promise<Audio[]> {
  const wanted = new Set(batch.map(({ utteranceId }) => utteranceId))
  const audios: Audio[] = []
  for (const utterance of speech.dataset.utterances.filter(({ id }) => wanted.has(id))) {
    const recording = await readRecording({ ...speech, skipUnreadable: false }, utterance)
    if ('audio' in recording) audios.push(recording.audio)
  }
  return audios
}

function milliseconds(timings: RecognitionTimings): number {
  const { featuresMilliseconds, modelMilliseconds, decodeMilliseconds } = timings
  return featuresMilliseconds + modelMilliseconds + decodeMilliseconds
}
