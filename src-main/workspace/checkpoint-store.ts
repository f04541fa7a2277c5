import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import type { Json } from '../base/canonical-json'
import { decodeArrays, encodeArrays, type ArrayFile, type NamedArrays } from './array-file'
import { readFile, sha256Bytes, writeFile } from './files'

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
}

/** SHA-256 of the rest in hexadecimal: 64 bytes, so that the arrays stay aligned to 8. */
const checksumBytes = 64

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
    }
  }
}

function checkpointPath(folder: string, trainingId: string): string {
  if (/^[0-9a-f]{64}$/.test(trainingId)) return join(folder, trainingId, 'checkpoint.bin')
  throw new WorkbenchError(
    'internal',
    `'${trainingId}' is no id of a training: expected 64 hexadecimal digits.`
  )
}
