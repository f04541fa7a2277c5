import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { fileFailure } from './file-failure'

/** Where arrays wait that are needed once more, but not in memory until then. */
export interface ScratchFile {
  /**
   * Writes an array away and returns how to read it back, which makes a new one each time. A small array stays in memory.
   *
   * @throws WorkbenchError `io`, also when it is read after `close`.
   */
  keep(values: Float32Array): Float32Array | (() => Float32Array)
  /** Removes the file. */
  close(): void
}

/** What is smaller costs more to find again than to hold: thousands of them are a few hundred megabytes at most. */
const smallBytes = 2 ** 16

/**
 * A scratch file in `folder`, for one process; made when the first array is written. One that is left by a process that was
 * killed is cleaned up with the folder.
 */
export function openScratchFile(folder: string): ScratchFile {
  const path = join(folder, `.${randomUUID()}.scratch`)
  let file: number | undefined
  let sizeBytes = 0
  return {
    keep(values) {
      if (values.byteLength < smallBytes) return values
      const [start, { length }] = [sizeBytes, values]
      try {
        file ??= openSync(path, 'wx+')
        writeAll(file, values, start)
      } catch (thrown) {
        throw fileFailure(thrown, 'write', path)
      }
      sizeBytes += values.byteLength
      return () => {
        if (file === undefined) throw new WorkbenchError('io', `'${path}' was removed before it was read.`)
        try {
          return readAll(file, length, start)
        } catch (thrown) {
          throw fileFailure(thrown, 'read', path)
        }
      }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
      rmSync(path, { force: true })
    }
  }
}

function writeAll(file: number, values: Float32Array, start: number): void {
  for (let written = 0; written < values.byteLength;) {
    written += writeSync(file, values, written, values.byteLength - written, start + written)
  }
}

function readAll(file: number, length: number, start: number): Float32Array {
  const values = new Float32Array(length)
  for (let filled = 0; filled < values.byteLength;) {
    const count = readSync(file, values, filled, values.byteLength - filled, start + filled)
    if (count === 0) throw new WorkbenchError('io', 'A scratch file is shorter than what was written to it.')
    filled += count
  }
  return values
}
