import { randomUUID } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Model } from '../onnx/ir/model'
import { encodeModel } from '../onnx/serde/encode-model'
import { externalizeModel } from '../onnx/serde/external-data'
import { fileFailure } from './file-failure'
import { makeFolder } from './make-folder'

/** A model on disk for as long as it is run. */
export interface ScratchModel {
  /** The .onnx file; its weights are beside it. */
  readonly path: string
  /** Removes its folder. Where a system keeps files that are in use, it goes when the workspace is next opened. */
  readonly remove: () => void
}

/** As the field of the model names it. */
const dataName = 'model.onnx.data'

/**
 * Writes a model into a folder of its own in `temporaryFolder`, its weights as external data and one after the other: it is
 * neither bound to the 2 GiB of one message nor held in memory. It does not outlive its process, so nothing is forced to
 * the disk.
 *
 * @throws WorkbenchError `io` when it cannot be written, and what reading a weight throws; nothing is left then.
 */
export function writeScratchModel(temporaryFolder: string, model: Model): ScratchModel {
  const folder = join(temporaryFolder, `.${randomUUID()}.scratch`)
  const path = join(folder, 'model.onnx')
  const remove = () => {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Still in use.
    }
  }
  const { model: pointing, chunks } = externalizeModel(model, { location: dataName })
  try {
    makeFolder(folder)
    writeChunks(join(folder, dataName), chunks)
    writeChunks(path, [encodeModel(pointing)])
  } catch (thrown) {
    remove()
    throw thrown
  }
  return { path, remove }
}

function writeChunks(path: string, chunks: Iterable<Uint8Array>): void {
  const chunk = chunks[Symbol.iterator]()
  let file: number | undefined
  try {
    file = openedForWriting(path)
    // What fails in here is the making of a piece, not the writing of the file.
    for (let next = chunk.next(); next.done !== true; next = chunk.next()) writeAll(file, next.value, path)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function openedForWriting(path: string): number {
  try {
    return openSync(path, 'wx')
  } catch (thrown) {
    throw fileFailure(thrown, 'write', path)
  }
}

function writeAll(file: number, bytes: Uint8Array, path: string): void {
  try {
    for (let written = 0; written < bytes.byteLength;) written += writeSync(file, bytes, written)
  } catch (thrown) {
    throw fileFailure(thrown, 'write', path)
  }
}
