import { WorkbenchError } from '@contract/errors'
import type { Measurement, UtteranceRecord } from '@contract/trial'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { bootstrapSpeakers } from '../../evaluation/error-count'
import { summarizeLatency } from '../../evaluation/latency'
import { areGatesDecided, canStop, lookSizes, randomOrder } from '../../evaluation/stopping'
import { countFailures, countSpeakers, summarizeQuality } from '../../evaluation/summarize-records'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { SpeechModelDescription } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import { findNormalizer } from '../../speech/text/normalizers'
import { peakResidentBytes } from '../peak-memory'
import type { EvaluateParams } from '../protocol'
import type { JobContext } from '../serve'
import { describeConditions } from './conditions'
import { drawSubset, openDataset, type Dataset } from './dataset'
import { hear, readRecording, warmUp, type Speech, type Unreadable } from './hear-utterance'
import { measureThroughput } from './measure-throughput'
import { openModel } from './open-model'
import { scoreUtterance } from './score-utterance'

/** Raised when the same model and data would give other texts, counts or timings: front end, decoding, scoring. */
export const evaluationVersion = 2

/**
 * Measures a model on a data set, one utterance at a time, and hands over each record as soon as it is final.
 *
 * The engine should do nothing else before, so that load time and peak memory are the model's own. With `stopping` the
 * recordings run in a random order and the evaluation may end before the last of them.
 *
 * @throws WorkbenchError naming the utterance whose audio is unreadable, or the layer or frame that is not finite;
 *   `invalid-input` when speakers are to be drawn and some recordings have none.
 */
export async function evaluateModel(
  backend: InferenceBackend,
  clock: Clock,
  params: EvaluateParams,
  context: JobContext
): Promise<Measurement> {
  const { description, modelFile, datasetPath, settings } = params
  const dataset = drawSubset(await openDataset(datasetPath, settings.skipUnreadable), params.subset)
  assertSpeakers(dataset, params)
  const loadStart = clock.nowMilliseconds()
  const recognizer = await openSpeechModel(
    backend,
    description,
    { kind: 'file', path: modelFile },
    { threads: settings.threads, clock }
  )
  const loadMilliseconds = clock.nowMilliseconds() - loadStart
  try {
    const resampleToHz = settings.resample ? description.sampleRateHz : undefined
    const { skipUnreadable } = settings
    const model = async () => (await openModel(modelFile)).model
    const suspect = { backend, recognizer, model, temporaryFolder: params.temporaryFolder }
    const speech: Speech = { recognizer, suspect, dataset, resampleToHz, skipUnreadable }
    const warmup = await warmUp(speech, settings.warmupUtterances)
    const { records, unreadable, stoppedBefore } = await hearAll(speech, params, context)
    const latency = summarizeLatency([...warmup, ...records], warmup.length)
    const peakBytes = peakResidentBytes()
    return {
      ...summarizeQuality(records, { ...settings, labels: labelCount(description) }),
      latencyMilliseconds: latency.latencyMilliseconds,
      realTimeFactor: latency.realTimeFactor,
      // After the memory was read: batches need more of it than the model alone.
      ...(settings.throughput ? await measureThroughput(speech, records, context) : {}),
      loadMilliseconds,
      peakResidentBytes: peakBytes,
      utterances: records.length,
      speakers: countSpeakers(records),
      audioSeconds: latency.audioSeconds,
      failures: countFailures(records),
      unreadable,
      ...(stoppedBefore === undefined ? {} : { stoppedBefore }),
      conditions: describeConditions(backend, params)
    }
  } finally {
    await recognizer.release()
  }
}

/** Before anything is run: that a bootstrap is impossible should not come to light after an hour. */
function assertSpeakers({ utterances }: Dataset, { settings }: EvaluateParams): void {
  bootstrapSpeakers(
    utterances.map(({ id, speaker }) => ({ utteranceId: id, speaker })),
    settings.bootstrapUnit
  )
}

function labelCount(description: SpeechModelDescription): number | undefined {
  return description.family === 'audio-classifier' ? description.labels.length : undefined
}

/** Everything that was heard. */
interface HeardSet {
  readonly records: UtteranceRecord[]
  readonly unreadable: Unreadable[]
  /** Recordings of the data set, when it was not heard to its end. */
  readonly stoppedBefore: number | undefined
}

async function hearAll(speech: Speech, params: EvaluateParams, context: JobContext): Promise<HeardSet> {
  const { dataset } = speech
  const normalizer = findNormalizer(params.settings.normalizer)
  const known = new Map(params.known.map((record) => [record.utteranceId, record]))
  const records: UtteranceRecord[] = []
  const unreadable: Unreadable[] = dataset.excluded.map(({ id, reason }) => ({ utteranceId: id, reason }))
  const { order, isDecided } = plan(dataset, params)
  for (const [index, utterance] of order.entries()) {
    throwIfCancelled(context.signal)
    const earlier = known.get(utterance.id)
    const recording = earlier === undefined ? await readRecording(speech, utterance) : undefined
    if (earlier !== undefined) {
      records.push(earlier)
    } else if (recording !== undefined && 'audio' in recording) {
      const record = scoreUtterance(utterance, await hear(speech, utterance, recording.audio), normalizer)
      context.records([record])
      records.push(record)
    } else if (recording !== undefined) {
      unreadable.push(recording.unreadable)
    }
    context.progress({
      stage: `evaluate on ${dataset.name}`,
      completed: index + 1,
      total: order.length,
      unit: 'utterances'
    })
    await context.breathe()
    if (isDecided(index + 1, records)) return { records, unreadable, stoppedBefore: order.length }
  }
  assertHeard(dataset, { records, unreadable })
  return { records, unreadable, stoppedBefore: undefined }
}

/** The order of the recordings and, after each of them, whether the others are needed. */
function plan({ utterances }: Dataset, { stopping, settings }: EvaluateParams) {
  if (stopping === undefined || !canStop(stopping)) return { order: utterances, isDecided: () => false }
  const looks = lookSizes(utterances.length)
  const { seed, bootstrapUnit } = settings
  return {
    order: randomOrder(utterances, seed),
    isDecided: (heard: number, records: readonly UtteranceRecord[]) =>
      looks.includes(heard) &&
      areGatesDecided(records, stopping, { seed, bootstrapUnit, looks: looks.length })
  }
}

function assertHeard({ name }: Dataset, { records, unreadable }: Omit<HeardSet, 'stoppedBefore'>): void {
  const [first] = unreadable
  if (records.length > 0 || first === undefined) return
  throw new WorkbenchError(
    'invalid-input',
    `None of the ${unreadable.length} recordings of '${name}' can be read, the first one because: ${first.reason}`
  )
}
