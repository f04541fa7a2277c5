/** Runs two models turn by turn on the same recordings, so that what else the machine does slows both alike. */
import { WorkbenchError } from '@contract/errors'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { pairedSpeedup, type LatencyRound } from '../../evaluation/paired-latency'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { Utterance } from '../../speech/datasets/utterance'
import type { Audio } from '../../speech/audio/audio'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import type { ComparedLatency, CompareLatencyParams } from '../protocol'
import type { JobContext } from '../serve'
import { describeConditions } from './conditions'
import { drawSubset, openDataset } from './dataset'
import { hear, readRecording, type Speech } from './hear-utterance'
import type { SuspectModel } from './name-non-finite'
import { openModel } from './open-model'

/**
 * Rounds and the recordings of each. With nine ratios the interval of their median leaves out the smallest and the largest;
 * eight recordings are one of each length rather than many of the same.
 */
export const pairedRounds = 9
export const pairedUtterances = 8

/**
 * Both models are open in this process. Each round hears every recording with both, one directly after the other; who is
 * first changes from round to round. A round before the first warms both up and is not counted.
 *
 * @throws WorkbenchError `invalid-input` when no recording can be read; otherwise as evaluating a model.
 */
export async function measurePairedLatency(
  backend: InferenceBackend,
  clock: Clock,
  params: CompareLatencyParams,
  context: JobContext
): Promise<ComparedLatency> {
  const { description, settings, temporaryFolder } = params
  const place = { backend, temporaryFolder }
  const open = (path: string) =>
    openSpeechModel(backend, description, { kind: 'file', path }, { threads: settings.threads, clock })
  const tier = await open(params.modelFile)
  try {
    const reference = await open(params.referenceFile)
    try {
      const pair = {
        tier: speaking(place, tier, params.modelFile),
        reference: speaking(place, reference, params.referenceFile)
      }
      const recordings = await readRecordings({ ...pair.tier, ...(await drawRecordings(params)) })
      const rounds = await runRounds(pair, recordings, context)
      return {
        ...pairedSpeedup(rounds),
        rounds: rounds.length,
        utterances: recordings.length,
        conditions: describeConditions(backend, { description, settings })
      }
    } finally {
      await reference.release()
    }
  } finally {
    await tier.release()
  }
}

type Hearing = Pick<Speech, 'recognizer' | 'suspect'>

interface Recording {
  readonly utterance: Utterance
  readonly audio: Audio
}

function speaking(
  place: Pick<SuspectModel, 'backend' | 'temporaryFolder'>,
  recognizer: Speech['recognizer'],
  modelFile: string
): Hearing {
  const model = async () => (await openModel(modelFile)).model
  return { recognizer, suspect: { ...place, recognizer, model } }
}

async function drawRecordings({
  datasetPath,
  description,
  settings
}: CompareLatencyParams): Promise<Pick<Speech, 'dataset' | 'resampleToHz' | 'skipUnreadable'>> {
  const { resample, skipUnreadable, seed } = settings
  const dataset = await openDataset(datasetPath, skipUnreadable)
  return {
    dataset: drawSubset(dataset, { utterances: pairedUtterances, seed }),
    resampleToHz: resample ? description.sampleRateHz : undefined,
    skipUnreadable
  }
}

/** Decoded before anything is timed. */
async function readRecordings(speech: Speech): Promise<Recording[]> {
  const recordings: Recording[] = []
  for (const utterance of speech.dataset.utterances) {
    const read = await readRecording(speech, utterance)
    if ('audio' in read) recordings.push({ utterance, audio: read.audio })
  }
  if (recordings.length > 0) return recordings
  throw new WorkbenchError(
    'invalid-input',
    `None of the recordings of '${speech.dataset.name}' that latency is compared on can be read.`
  )
}

async function runRounds(
  { tier, reference }: { readonly tier: Hearing; readonly reference: Hearing },
  recordings: readonly Recording[],
  context: JobContext
): Promise<LatencyRound[]> {
  const rounds: LatencyRound[] = []
  for (let round = 0; round <= pairedRounds; round++) {
    const times = { tier: [] as number[], reference: [] as number[] }
    for (const { utterance, audio } of recordings) {
      throwIfCancelled(context.signal)
      const timed = async (hearing: Hearing) =>
        (await hear(hearing, utterance, audio)).timing.processingMilliseconds
      if (round % 2 === 0) {
        times.tier.push(await timed(tier))
        times.reference.push(await timed(reference))
      } else {
        times.reference.push(await timed(reference))
        times.tier.push(await timed(tier))
      }
      await context.breathe()
    }
    // The first round has warmed both up.
    if (round > 0) rounds.push(times)
    context.progress({
      stage: 'compare latency turn by turn',
      completed: round,
      total: pairedRounds,
      unit: 'rounds'
    })
  }
  return rounds
}
