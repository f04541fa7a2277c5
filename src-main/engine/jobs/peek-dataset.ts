import { resolve } from 'node:path'
import type { DatasetFacts } from '@contract/library'
import type { Clock } from '../../base/clock'
import { decodeAudio } from '../../speech/audio/decode-audio'
import { recognizeDataset } from '../../speech/datasets/recognize-dataset'
import { utteranceAudio, type Utterance } from '../../speech/datasets/utterance'
import { openDatasetFiles } from '../../workspace/data-folder'
import { readFile } from '../../workspace/files'
import type { JobContext } from '../serve'
import { unreadableReason } from './dataset'

/** Enough to know the sample rate, and the mean length of a set of like recordings to about a tenth. */
const sampledUtterances = 24
/** An hour-long recording takes seconds to decode; a first look must not. */
const sampleMilliseconds = 2000

/**
 * A cheap look at a data set: reads its transcripts and decodes a few of its recordings, evenly spread. Hashes nothing.
 *
 * @throws WorkbenchError `not-found`, or `invalid-input` when no layout fits or the one that fits finds a fault.
 */
export async function peekDataset(
  datasetPath: string,
  clock: Clock,
  context: Pick<JobContext, 'progress' | 'breathe'>
): Promise<DatasetFacts> {
  const source = openDatasetFiles(datasetPath)
  const { layout, utterances, excluded } = await recognizeDataset(source)
  const [firstExcluded] = excluded
  const sound = await sampleSound(utterances, source.folder.path, { clock, context })
  return {
    kind: 'dataset',
    layout,
    utterances: utterances.length,
    speakers: distinct(utterances.map(({ speaker }) => speaker)).length,
    classes: utterances.some(({ label }) => label !== undefined)
      ? distinct(utterances.map(({ label }) => label)).length
      : null,
    languages: distinct(utterances.map(({ language }) => language)),
    incomplete:
      firstExcluded === undefined
        ? null
        : { entries: excluded.length, first: `${firstExcluded.id}: ${firstExcluded.reason}` },
    ...totalSeconds(utterances, sound.seconds),
    sampleRatesHz: [...sound.sampleRatesHz].sort((a, b) => a - b),
    audioProblem: sound.problem
  }
}

interface Sound {
  /** Of each utterance that was decoded. */
  readonly seconds: Map<Utterance, number>
  readonly sampleRatesHz: Set<number>
  problem: string | null
}

async function sampleSound(
  utterances: readonly Utterance[],
  folder: string,
  { clock, context }: { clock: Clock; context: Pick<JobContext, 'progress' | 'breathe'> }
): Promise<Sound> {
  const sound: Sound = { seconds: new Map(), sampleRatesHz: new Set(), problem: null }
  const sample = evenlySpread(utterances, sampledUtterances)
  const deadline = clock.nowMilliseconds() + sampleMilliseconds
  for (const [index, utterance] of sample.entries()) {
    try {
      const recording = await decodeAudio(
        await readFile(resolve(folder, utterance.audioPath)),
        utterance.audioPath
      )
      const { durationSeconds, sampleRateHz } = utteranceAudio(recording, utterance)
      sound.seconds.set(utterance, durationSeconds)
      sound.sampleRatesHz.add(sampleRateHz)
    } catch (error) {
      sound.problem ??= unreadableReason(error)
    }
    context.progress({
      stage: 'listen',
      completed: index + 1,
      total: sample.length,
      unit: 'utterances'
    })
    await context.breathe()
    if (clock.nowMilliseconds() > deadline) break
  }
  return sound
}

/** Lengths as the layout writes them where it does for all; otherwise as decoded, the rest at the mean of those. */
function totalSeconds(
  utterances: readonly Utterance[],
  decoded: ReadonlyMap<Utterance, number>
): Pick<DatasetFacts, 'audioSeconds' | 'isAudioEstimated'> {
  const known = utterances.flatMap((utterance) => utterance.durationSeconds ?? decoded.get(utterance) ?? [])
  const missing = utterances.length - known.length
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)
  if (missing === 0) return { audioSeconds: sum(known), isAudioEstimated: false }
  if (decoded.size === 0) return { audioSeconds: null, isAudioEstimated: false }
  const meanSeconds = sum(decoded.values()) / decoded.size
  return { audioSeconds: sum(known) + missing * meanSeconds, isAudioEstimated: true }
}

function evenlySpread<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values]
  return Array.from({ length: count }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / count)]!)
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.flatMap((value) => value ?? []))]
}
