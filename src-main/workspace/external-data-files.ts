/**
 * Weights beside a model, read from where they are. The location comes out of a model file that may be hostile, so it
 * must lead to a regular file inside the model's folder, also after every symbolic link on the way is followed. A file with
 * a second name may be one from outside, unpacked as a hard link, and is refused as the checker of ONNX refuses it.
 *
 * Source: https://onnx.ai/onnx/repo-docs/Security.html
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  type Stats
} from 'node:fs'
import { join, sep } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { assertSafeLocation, type ExternalDataReader } from '../onnx/serde/external-data'
import { fileFailure } from './file-failure'

/** Windows has neither flag. */
const [noFollow, noWait] = [constants.O_NOFOLLOW ?? 0, constants.O_NONBLOCK ?? 0]

/** Node refuses to read 2 GiB or more in one call. */
const maximumReadBytes = 1 << 30

/**
 * Reads the external data of a model in `folder`; never more of a file than was asked for.
 *
 * `read` throws WorkbenchError `invalid-input` for a location that leads out of the folder or to no regular file of one name,
 * `not-found` when there is no file, `io` when it is too short or cannot be read.
 */
export function openExternalDataFiles(folder: string): ExternalDataReader {
  return {
    read(location, offsetBytes, lengthBytes) {
      const path = externalDataFile(folder, location)
      try {
        return readRange(path, offsetBytes, lengthBytes)
      } catch (thrown) {
        throw fileFailure(thrown, 'read', path)
      }
    }
  }
}

/**
 * The real path of the file at `location`, which lies in `folder`.
 *
 * @throws WorkbenchError as `read` of `openExternalDataFiles`.
 */
export function externalDataFile(folder: string, location: string): string {
  assertSafeLocation(location)
  const path = join(folder, location)
  try {
    const [realFolder, realFile] = [realpathSync(folder), realpathSync(path)]
    if (!realFile.startsWith(realFolder + sep)) {
      throw refused(
        path,
        `it leads to '${realFile}', outside the model's folder; put a copy beside the model`
      )
    }
    assertOrdinary(statSync(realFile), path)
    return realFile
  } catch (thrown) {
    throw fileFailure(thrown, 'read', path)
  }
}

function assertOrdinary(found: Stats, path: string): void {
  if (!found.isFile()) throw refused(path, 'it is not a regular file; export the model again')
  // Windows counts no links of files on a share: 0.
  if (found.nlink > 1) {
    throw refused(
      path,
      `it is a hard link, one of ${found.nlink} names of a file that may lie outside the model's folder; put a copy beside the model`
    )
  }
}

function readRange(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
  // Somebody may have put a pipe or a link there since it was looked at: neither is waited for or followed.
  const file = openSync(path, constants.O_RDONLY | noFollow | noWait)
  try {
    const opened = fstatSync(file)
    assertOrdinary(opened, path)
    const { size } = opened
    // Before the memory is taken: a hostile length must not exhaust it.
    if (!(offsetBytes >= 0 && lengthBytes >= 0 && offsetBytes + lengthBytes <= size)) {
      throw tooShort(path, offsetBytes + lengthBytes, size)
    }
    const bytes = new Uint8Array(lengthBytes)
    let filled = 0
    while (filled < lengthBytes) {
      const length = Math.min(lengthBytes - filled, maximumReadBytes)
      const bytesRead = readSync(file, bytes, filled, length, offsetBytes + filled)
      if (bytesRead === 0) throw tooShort(path, offsetBytes + lengthBytes, offsetBytes + filled)
      filled += bytesRead
    }
    return bytes
  } finally {
    closeSync(file)
  }
}

function refused(path: string, reason: string): WorkbenchError {
  return new WorkbenchError('invalid-input', `Could not use the external data '${path}': ${reason}.`, {
    details: { path }
  })
}

function tooShort(path: string, expectedBytes: number, sizeBytes: number): WorkbenchError {
  return new WorkbenchError(
    'io',
    `The external data '${path}' is cut short: the model needs ${expectedBytes} bytes, got ${sizeBytes}; ` +
      'download or export the model again.',
    { details: { path, expectedBytes, sizeBytes } }
  )
}
