import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError, wrapError } from '@contract/errors'
import type { Json } from '../base/canonical-json'
import { decodeArrays, encodeArrays, type ArrayFile, type NamedArrays } from './array-file'
import { claimTraining, type Release } from './claim'
import { fileFailure } from './file-failure'
import { readFile, readFileIfPresent, sha256Bytes, writeFile } from './files'
import { makeFolder } from './make-folder'

/**
 * The last checkpoint of each training: trainings/<id>/checkpoint.bin, an array file behind its checksum. A new one takes the
 * place of the old one at once, so a process that is killed at any moment leaves one of the two, complete.
 */
export interface CheckpointStore {
  /**
   * The checkpoint of a training, or undefined when it has none.
   *
   * @throws WorkbenchError `io` when it is there but damaged: it is somebody's work, so it is not dropped in silence.
   */
  read(trainingId: string): Promise<ArrayFile | undefined>
  write(trainingId: string, header: Json, arrays: NamedArrays): Promise<void>
  /** What is told of a training without its arrays: trainings/<id>/training.json. */
  writeRecord(trainingId: string, record: Json): Promise<void>
  /** Undefined when there is none. @throws WorkbenchError `io` when it is damaged. */
  readRecord(trainingId: string): Json | undefined
  /** The trainings that have a record. `changedAt`: when it was written, ISO 8601 in UTC. */
  list(): { readonly trainingId: string; readonly changedAt: string }[]
  /**
   * Keeps a training for this process until it is released; when the process dies, it is.
   *
   * @throws WorkbenchError `conflict` while another one trains it.
   */
  claim(trainingId: string): Release
  /**
   * Removes the checkpoint and the record of a training, both or none; the models that came out of it stay in the store.
   * Nothing happens when it is not there.
   *
   * @throws WorkbenchError `conflict` while it runs, `io` when it cannot be removed.
   */
  remove(trainingId: string): void
}

/** SHA-256 of the rest in hexadecimal: 64 bytes, so that the arrays stay aligned to 8. */
const checksumBytes = 64
const recordName = 'training.json'
const trainingIdPattern = /^[0-9a-f]{64}$/

/** The store in `folder`; checkpoints in the making are in `temporaryFolder`, on the same file system. */
export function openCheckpointStore(folder: string, temporaryFolder: string): CheckpointStore {
  return {
    async read(trainingId) {
      const path = checkpointPath(folder, trainingId)
      if (!existsSync(path)) return undefined
      const stored = await readFile(path)
      const bytes = stored.subarray(checksumBytes)
      const checksum = new TextDecoder('latin1').decode(stored.subarray(0, checksumBytes))
      if (checksum === sha256Bytes(bytes)) return decodeArrays(bytes)
      throw new WorkbenchError(
        'io',
        `The checkpoint '${path}' is damaged; remove it to train from the beginning.`,
        { details: { path } }
      )
    },
    async write(trainingId, header, arrays) {
      const bytes = encodeArrays(header, arrays)
      const checksum = new TextEncoder().encode(sha256Bytes(bytes))
      await writeFile(checkpointPath(folder, trainingId), [checksum, bytes], temporaryFolder)
    },
    async writeRecord(trainingId, record) {
      const bytes = new TextEncoder().encode(JSON.stringify(record))
      await writeFile(join(trainingFolder(folder, trainingId), recordName), bytes, temporaryFolder)
    },
    readRecord(trainingId) {
      const path = join(trainingFolder(folder, trainingId), recordName)
      const text = readFileIfPresent(path)
      return text === undefined ? undefined : parsedRecord(text, path)
    },
    list() {
      if (!existsSync(folder)) return []
      return readdirSync(folder).flatMap((trainingId) => {
        if (!trainingIdPattern.test(trainingId)) return []
        const found = statSync(join(folder, trainingId, recordName), { throwIfNoEntry: false })
        return found === undefined ? [] : [{ trainingId, changedAt: found.mtime.toISOString() }]
      })
    },
    claim(trainingId) {
      const path = trainingFolder(folder, trainingId)
      makeFolder(path)
      return claimed(path)
    },
    remove(trainingId) {
      const path = trainingFolder(folder, trainingId)
      if (existsSync(path)) removeFolder(path, join(temporaryFolder, `training-${randomUUID()}`))
    }
  }
}

function claimed(path: string): Release {
  const release = claimTraining(path)
  if (release !== undefined) return release
  throw new WorkbenchError(
    'conflict',
    'This training runs already, here or in another process: wait until it has ended, or cancel it there.',
    { details: { path } }
  )
}

/** Out of the way at once; what is killed while it deletes leaves rubbish that the next day's start removes. */
function removeFolder(path: string, aside: string): void {
  // Given back before the folder moves: some systems do not move what is open.
  claimed(path)()
  try {
    renameSync(path, aside)
    rmSync(aside, { recursive: true, force: true })
  } catch (thrown) {
    throw fileFailure(thrown, 'remove', path)
  }
}

function parsedRecord(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (thrown) {
    throw wrapError(
      thrown,
      'io',
      `The record '${path}' is damaged; run the training again to have it written anew.`
    )
  }
}

function checkpointPath(folder: string, trainingId: string): string {
  return join(trainingFolder(folder, trainingId), 'checkpoint.bin')
}

function trainingFolder(folder: string, trainingId: string): string {
  if (trainingIdPattern.test(trainingId)) return join(folder, trainingId)
  throw new WorkbenchError(
    'internal',
    `'${trainingId}' is no id of a training: expected 64 hexadecimal digits.`
  )
}
