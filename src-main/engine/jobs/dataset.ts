import { basename, resolve } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { randomOrder } from '../../evaluation/stopping'
import type { Audio } from '../../speech/audio/audio'
import { decodeAudio } from '../../speech/audio/decode-audio'
import { resampleAudio } from '../../speech/audio/resample'
import type { DatasetListing, ExcludedUtterance } from '../../speech/datasets/dataset-listing'
import { recognizeDataset } from '../../speech/datasets/recognize-dataset'
import { utteranceAudio, type Utterance } from '../../speech/datasets/utterance'
import { openDatasetFiles } from '../../workspace/data-folder'
import { readFile, sha256Bytes, sha256Text } from '../../workspace/files'
import type { DatasetDescription, EngineRequests, Subset } from '../protocol'
import type { JobContext } from '../serve'

/** A data set whose transcripts were read; audio is decoded utterance by utterance, when it is needed. */
export interface Dataset {
  readonly name: string
  readonly utterances: readonly Utterance[]
  /** Entries that are incomplete; none unless they may be left out. */
  readonly excluded: readonly ExcludedUtterance[]
  /**
   * The sound of an utterance, at its own sample rate or at `resampleToHz`.
   *
   * @throws WorkbenchError naming the file when it is missing or unreadable.
   */
  audio(utterance: Utterance, resampleToHz?: number): Promise<Audio>
  audioBytes(utterance: Utterance): Promise<Uint8Array>
}

/**
 * Opens a data set in whatever layout it has.
 *
 * - `skipUnreadable` incomplete entries are left out and listed; otherwise the first one stops.
 *
 * @throws WorkbenchError `not-found`, or `invalid-input` naming the line at fault or an entry that is incomplete.
 */
export async function openDataset(path: string, skipUnreadable = false): Promise<Dataset> {
  const source = openDatasetFiles(path)
  const { utterances, excluded } = await recognizeDataset(source)
  if (!skipUnreadable) assertComplete(basename(path), { utterances, excluded })
  const audioBytes = ({ audioPath }: Utterance) => readFile(resolve(source.folder.path, audioPath))
  return {
    name: basename(path),
    utterances,
    excluded,
    audioBytes,
    async audio(utterance, resampleToHz) {
      const recording = await decodeAudio(await audioBytes(utterance), utterance.audioPath)
      // Before cutting, so that the edges of a segment are filtered with their real neighbours.
      const resampled = resampleToHz === undefined ? recording : await resampleAudio(recording, resampleToHz)
      return utteranceAudio(resampled, utterance)
    }
  }
}

/** A set that is silently smaller than its owner thinks gives numbers that nobody can compare. */
function assertComplete(name: string, { utterances, excluded }: DatasetListing): void {
  const [first] = excluded
  if (first === undefined) return
  throw new WorkbenchError(
    'invalid-input',
    `${excluded.length} of the ${excluded.length + utterances.length} entries of '${name}' are incomplete, the first '${first.id}': ${first.reason}; complete or remove them, or let unreadable recordings be left out.`
  )
}

/**
 * Runs `work` on one utterance; what goes wrong with it is told with the utterance's name, since models and front ends
 * see only samples.
 */
export async function onUtterance<T>({ id }: Utterance, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.message.includes(id)) throw error
    throw new WorkbenchError(error.code, `Utterance '${id}': ${error.message}`, { cause: error })
  }
}

/** Why a recording cannot be read; what else went wrong is thrown on. */
export function unreadableReason(error: unknown): string {
  const isUnreadable =
    error instanceof WorkbenchError && ['invalid-input', 'not-found', 'io'].includes(error.code)
  if (!isUnreadable) throw error
  return error.message
}

/**
 * The data set without the recordings that cannot be read. Decodes all of them to find out.
 *
 * @throws WorkbenchError `invalid-input` when none can be read.
 */
export async function readableDataset(dataset: Dataset, resampleToHz: number | undefined): Promise<Dataset> {
  const utterances: Utterance[] = []
  let reason = 'it is empty'
  for (const utterance of dataset.utterances) {
    try {
      await dataset.audio(utterance, resampleToHz)
      utterances.push(utterance)
    } catch (error) {
      reason = unreadableReason(error)
    }
  }
  if (utterances.length === 0) {
    throw new WorkbenchError('invalid-input', `No recording of '${dataset.name}' can be read: ${reason}`)
  }
  return { ...dataset, utterances }
}

/** The recordings of a subset, in the order of the data set; a larger one of the same seed holds the smaller. */
export function drawSubset(dataset: Dataset, subset: Subset | undefined): Dataset {
  if (subset === undefined) return dataset
  const drawn = new Set(randomOrder(dataset.utterances, subset.seed).slice(0, subset.utterances))
  return { ...dataset, utterances: dataset.utterances.filter((utterance) => drawn.has(utterance)) }
}

/**
 * Hashes a data set: the audio files' bytes, segments and texts in order, so that a renamed folder is the same set and
 * a changed recording is not.
 *
 * - `subset` only these recordings are read and hashed.
 * - `skipUnreadable` a missing file stands as missing in the hash: when it appears, the set is another one.
 */
export async function describeDataset(
  { datasetPath, skipUnreadable = false, subset }: EngineRequests['dataset.describe']['params'],
  context: JobContext
): Promise<DatasetDescription> {
  const dataset = drawSubset(await openDataset(datasetPath, skipUnreadable), subset)
  const { name, utterances } = dataset
  const parts: string[] = []
  const audioHashes = new Set<string>()
  for (const [index, utterance] of utterances.entries()) {
    const { offsetSeconds, durationSeconds, text, label } = utterance
    const segment = offsetSeconds === undefined ? '' : `${offsetSeconds}+${durationSeconds ?? 'end'}`
    const audioHash = await hashOfAudio(dataset, utterance, skipUnreadable)
    if (audioHash !== missingAudio) audioHashes.add(audioHash)
    parts.push(
      JSON.stringify(label === undefined ? [audioHash, segment, text] : [audioHash, segment, text, label])
    )
    context.progress({
      stage: `read ${name}`,
      completed: index + 1,
      total: utterances.length,
      unit: 'utterances'
    })
  }
  return {
    datasetHash: sha256Text(parts.join('\n')),
    audioHashes: [...audioHashes],
    utterances: utterances.length,
    speakers: new Set(utterances.flatMap(({ speaker }) => speaker ?? [])).size
  }
}

/** Stands for the hash of a file that is not there; no hash looks like it. */
const missingAudio = 'missing'

async function hashOfAudio(dataset: Dataset, utterance: Utterance, mayBeMissing: boolean): Promise<string> {
  try {
    return sha256Bytes(await dataset.audioBytes(utterance))
  } catch (error) {
    if (!mayBeMissing) throw error
    unreadableReason(error)
    return missingAudio
  }
}
