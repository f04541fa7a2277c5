import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { canonicalJson } from '../base/canonical-json'
import { assertSafeLocation } from '../onnx/serde/external-data'
import { fileFailure } from './file-failure'
import {
  removeQuietly,
  sha256Bytes,
  sha256Text,
  writeNewFile,
  type FileContent,
  type FileIdentity
} from './files'

/** Content of the external data files of a model, by the location that the model gives them. */
export type ExternalFiles = ReadonlyMap<string, FileContent>

export interface StoredModel {
  readonly modelHash: string
  /** Of the .onnx file; its external data is beside it. */
  readonly path: string
  /** Of the .onnx file and its external data. */
  readonly sizeBytes: number
}

/**
 * Models by what they contain: models/<hash>/model.onnx and its external data. What is stored never changes.
 *
 * The hash is the SHA-256 of the .onnx file's bytes. Of a model with external data it is the SHA-256 of the canonical
 * JSON `{"externalData":{location:sha256,...},"model":sha256}`, because the weights belong to what the model is.
 */
export interface ModelStore {
  /**
   * Stores a model, complete or not at all. A model that is already there is not written again.
   *
   * @throws WorkbenchError `io` when it cannot be written, `invalid-input` for a location outside the model's folder.
   */
  add(model: FileContent, externalData?: ExternalFiles): Promise<StoredModel>
  has(modelHash: string): boolean
  /**
   * The path of a model's .onnx file.
   *
   * @throws WorkbenchError `not-found` when it is not stored, or `modelHash` is not a hash.
   */
  path(modelHash: string): string
}

const modelFileName = 'model.onnx'

/** The store in `folder`; models in the making are in `temporaryFolder`, on the same file system. */
export function openModelStore(folder: string, temporaryFolder: string): ModelStore {
  const pathOf = (modelHash: string) => join(folder, modelHash, modelFileName)
  const has = (modelHash: string) => /^[0-9a-f]{64}$/.test(modelHash) && existsSync(pathOf(modelHash))
  return {
    has,
    path(modelHash) {
      if (has(modelHash)) return pathOf(modelHash)
      throw new WorkbenchError(
        'not-found',
        `The model ${modelHash} is not in '${folder}': run the trial that makes it again.`,
        { details: { modelHash, folder } }
      )
    },
    async add(model, externalData = new Map()) {
      const known = bytesInMemory(model, externalData)
      if (known !== undefined && has(known.modelHash)) return { ...known, path: pathOf(known.modelHash) }
      const aside = join(temporaryFolder, randomUUID())
      try {
        const written = await writeModel(aside, model, externalData)
        await publish(aside, join(folder, written.modelHash))
        return { ...written, path: pathOf(written.modelHash) }
      } finally {
        await removeQuietly(aside)
      }
    }
  }
}

/** What identifies a model, wherever it is. */
export type ModelIdentity = Omit<StoredModel, 'path'>

/** The hash and size of a model that is in memory as a whole; undefined when a part comes in pieces. */
function bytesInMemory(model: FileContent, externalData: ExternalFiles): ModelIdentity | undefined {
  const files = new Map<string, FileIdentity>()
  for (const [location, content] of externalData) {
    if (!(content instanceof Uint8Array)) return undefined
    files.set(location, identifyBytes(content))
  }
  if (!(model instanceof Uint8Array)) return undefined
  return modelIdentity(identifyBytes(model), files)
}

async function writeModel(
  folder: string,
  model: FileContent,
  externalData: ExternalFiles
): Promise<ModelIdentity> {
  const files = new Map<string, FileIdentity>()
  const modelFile = await writeNewFile(join(folder, modelFileName), model)
  for (const [location, content] of externalData) {
    assertSafeLocation(location)
    files.set(location, await writeNewFile(join(folder, location), content))
  }
  return modelIdentity(modelFile, files)
}

/**
 * The hash and size of a model, wherever it is, from those of its .onnx file and of the external data files that it
 * points to, by location; how they are combined stands at `ModelStore`.
 */
export function modelIdentity(
  model: FileIdentity,
  externalData: ReadonlyMap<string, FileIdentity>
): ModelIdentity {
  const files = [...externalData]
  const hashes = Object.fromEntries(files.map(([location, { sha256 }]) => [location, sha256]))
  return {
    modelHash:
      files.length === 0
        ? model.sha256
        : sha256Text(canonicalJson({ model: model.sha256, externalData: hashes })),
    sizeBytes: files.reduce((total, [, { sizeBytes }]) => total + sizeBytes, model.sizeBytes)
  }
}

function identifyBytes(bytes: Uint8Array): FileIdentity {
  return { sizeBytes: bytes.byteLength, sha256: sha256Bytes(bytes) }
}

/** Gives a complete folder its name, unless another process has just put the same model there. */
async function publish(aside: string, target: string): Promise<void> {
  const isPublished = () => existsSync(join(target, modelFileName))
  try {
    await mkdir(dirname(target), { recursive: true })
    try {
      await rename(aside, target)
    } catch (thrown) {
      if (isPublished() || !existsSync(target)) throw thrown
      // Somebody deleted the model by hand and left its folder.
      await removeQuietly(target)
      await rename(aside, target)
    }
  } catch (thrown) {
    if (!isPublished()) throw fileFailure(thrown, 'write', target)
  }
}
