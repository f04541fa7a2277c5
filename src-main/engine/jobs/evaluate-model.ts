import os from 'node:os'
import process from 'node:process'
import type { Conditions, Measurement, UtteranceRecord, WordErrors } from '@contract/trial'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { wordErrorRateInterval } from '../../evaluation/bootstrap'
import { failureFlags } from '../../evaluation/failure-flags'
import { summarizeLatency, type UtteranceTiming } from '../../evaluation/latency'
import {
  addWordErrors,
  alignWords,
  noWordErrors,
  splitWords,
  wordErrorRate
} from '../../evaluation/word-errors'
import type { InferenceBackend } from '../../runtime/inference-backend'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import type { SpeechRecognizer } from '../../speech/families/family'
import { resamplerName } from '../../speech/audio/resample'
import type { Utterance } from '../../speech/datasets/utterance'
import { findNormalizer, type TextNormalizer } from '../../speech/text/normalizers'
import { peakResidentBytes } from '../peak-memory'
import type { EvaluateParams } from '../protocol'
import type { JobContext } from '../serve'
import { latheVersion } from '../../base/lathe-version'
import { onUtterance, openDataset, type Dataset } from './dataset'

/** Raised when the same model and data would give other texts, counts or timings: front end, decoding, scoring. */
export const evaluationVersion = 1

/**
 * Measures a model on a data set, one utterance at a time, and hands over each record as soon as it is final.
 *
 * Decoding the audio file is not timed; features, network and text are. The engine should do nothing else before, so
 * that load time and peak memory are the model's own.
 *
 * @throws WorkbenchError naming the utterance whose audio is unreadable, or the layer or frame that is not finite.
 */
export async function evaluateModel(
  backend: InferenceBackend,
  clock: Clock,
  params: EvaluateParams,
  context: JobContext
): Promise<Measurement> {
  const { description, modelFile, datasetPath, settings } = params
  const dataset = await openDataset(datasetPath)
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
    const speech: Speech = { recognizer, dataset, resampleToHz }
    const warmup = await warmUp(speech, settings.warmupUtterances)
    const records = await transcribeAll(speech, params, context)
    const latency = summarizeLatency([...warmup, ...records], warmup.length)
    const counts = records.map(({ wordErrors }) => wordErrors)
    const errors = counts.reduce<WordErrors>(addWordErrors, noWordErrors)
    const { lower, upper } = wordErrorRateInterval(counts, { seed: settings.seed })
    return {
      wordErrorRate: wordErrorRate(errors),
      wordErrors: errors,
      wordErrorRateInterval: { lower, upper },
      latencyMilliseconds: latency.latencyMilliseconds,
      realTimeFactor: latency.realTimeFactor,
      loadMilliseconds,
      peakResidentBytes: peakResidentBytes(),
      utterances: records.length,
      audioSeconds: latency.audioSeconds,
      failures: countFailures(records),
      conditions: describeConditions(backend, params)
    }
  } finally {
    await recognizer.release()
  }
}

/** What is heard, and by what. */
interface Speech {
  readonly recognizer: SpeechRecognizer
  readonly dataset: Dataset
  /** Rate to resample to; undefined: audio at another rate is refused. */
  readonly resampleToHz: number | undefined
}

/** Runs the first utterances untallied: the first run pays for memory and code that later ones reuse. */
async function warmUp(speech: Speech, count: number): Promise<UtteranceTiming[]> {
  const timings: UtteranceTiming[] = []
  for (const utterance of speech.dataset.utterances.slice(0, count)) {
    timings.push((await transcribe(speech, utterance)).timing)
  }
  return timings
}

interface Transcribed {
  readonly text: string
  readonly timing: UtteranceTiming
}

function transcribe(
  { recognizer, dataset, resampleToHz }: Speech,
  utterance: Utterance
): Promise<Transcribed> {
  return onUtterance(utterance, async () => {
    const audio = await dataset.audio(utterance, resampleToHz)
    const { interpretation, timings } = await recognizer.recognize(audio)
    // A label is scored as a text of one word: the word error rate is then the share of clips labelled wrongly.
    const text = interpretation.kind === 'text' ? interpretation.text : interpretation.label
    const { featuresMilliseconds, modelMilliseconds, decodeMilliseconds } = timings
    const processingMilliseconds = featuresMilliseconds + modelMilliseconds + decodeMilliseconds
    return { text, timing: { processingMilliseconds, audioSeconds: audio.durationSeconds } }
  })
}

async function transcribeAll(
  speech: Speech,
  params: EvaluateParams,
  context: JobContext
): Promise<UtteranceRecord[]> {
  const { dataset } = speech
  const normalizer = findNormalizer(params.settings.normalizer)
  const known = new Map(params.known.map((record) => [record.utteranceId, record]))
  const records: UtteranceRecord[] = []
  for (const [index, utterance] of dataset.utterances.entries()) {
    throwIfCancelled(context.signal)
    let record = known.get(utterance.id)
    if (record === undefined) {
      record = scoreUtterance(utterance, await transcribe(speech, utterance), normalizer)
      context.records([record])
    }
    records.push(record)
    context.progress({
      stage: `evaluate on ${dataset.name}`,
      completed: index + 1,
      total: dataset.utterances.length,
      unit: 'utterances'
    })
    await context.breathe()
  }
  return records
}

/** Raw text is kept beside the counts, so that another normalizer can rescore without running the model again. */
function scoreUtterance(
  utterance: Utterance,
  { text, timing }: Transcribed,
  normalizer: TextNormalizer
): UtteranceRecord {
  const reference = splitWords(normalizer.normalize(utterance.text))
  const hypothesis = splitWords(normalizer.normalize(text))
  const { substitutions, deletions, insertions, referenceWords } = alignWords(reference, hypothesis)
  return {
    utteranceId: utterance.id,
    reference: utterance.text,
    hypothesis: text,
    wordErrors: { substitutions, deletions, insertions, referenceWords },
    audioSeconds: timing.audioSeconds,
    processingMilliseconds: timing.processingMilliseconds,
    failures: failureFlags(reference, hypothesis)
  }
}

function countFailures(records: readonly UtteranceRecord[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { failures } of records) for (const flag of failures) counts[flag] = (counts[flag] ?? 0) + 1
  return counts
}

function describeConditions(
  backend: InferenceBackend,
  { description, settings }: EvaluateParams
): Conditions {
  const { name, version } = findNormalizer(settings.normalizer)
  return {
    runtime: backend.description,
    platform: `${process.platform} ${process.arch}`,
    processor: os.cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    lathe: latheVersion,
    threads: settings.threads,
    warmupUtterances: settings.warmupUtterances,
    normalizer: `${name} ${version}`,
    resampling: settings.resample ? `to ${description.sampleRateHz} Hz where needed, ${resamplerName}` : null
  }
}
