import { basename, dirname, resolve } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import type { Audio } from '../../speech/audio/audio'
import { decodeAudio } from '../../speech/audio/decode-audio'
import { parseNemoManifest } from '../../speech/datasets/nemo-manifest'
import { utteranceAudio, type Utterance } from '../../speech/datasets/utterance'
import { readFile, readTextFile, sha256Bytes, sha256Text } from '../../workspace/files'
import type { DatasetDescription } from '../protocol'
import type { JobContext } from '../serve'

/** A data set whose manifest was read; audio is decoded utterance by utterance, when it is needed. */
export interface Dataset {
  readonly name: string
  readonly utterances: readonly Utterance[]
  /** @throws WorkbenchError naming the file when it is missing or unreadable. */
  audio(utterance: Utterance): Promise<Audio>
  audioBytes(utterance: Utterance): Promise<Uint8Array>
}

/** @throws WorkbenchError `not-found`, or `invalid-input` naming the line at fault. */
export async function openDataset(path: string): Promise<Dataset> {
  const utterances = parseNemoManifest(await readTextFile(path), basename(path))
  const audioBytes = ({ audioPath }: Utterance) => readFile(resolve(dirname(path), audioPath))
  return {
    name: basename(path),
    utterances,
    audioBytes,
    async audio(utterance) {
      return utteranceAudio(await decodeAudio(await audioBytes(utterance), utterance.audioPath), utterance)
    }
  }
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

/**
 * Hashes a data set: the audio files' bytes, segments and texts in order, so that a renamed folder is the same set and
 * a changed recording is not.
 */
export async function describeDataset(
  { datasetPath }: { datasetPath: string },
  context: JobContext
): Promise<DatasetDescription> {
  const dataset = await openDataset(datasetPath)
  const { name, utterances } = dataset
  const parts: string[] = []
  const audioHashes = new Set<string>()
  for (const [index, utterance] of utterances.entries()) {
    const { offsetSeconds, durationSeconds, text } = utterance
    const segment = offsetSeconds === undefined ? '' : `${offsetSeconds}+${durationSeconds}`
    const audioHash = sha256Bytes(await dataset.audioBytes(utterance))
    audioHashes.add(audioHash)
    parts.push(JSON.stringify([audioHash, segment, text]))
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
    speakers: new Set(utterances.flatMap(({ speaker }) => speaker ?? [])).size,
    audioSeconds: utterances.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  }
}
