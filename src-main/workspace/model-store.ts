import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { canonicalJson } from '../base/canonical-json'
import { assertSafeLocation } from '../onnx/serde/external-data'
import { fileFailure } from './file-failure'
import {
  identifyFile,
  removeQuietly,
  sha256Bytes,
  sha256Text,
  syncFolder,
  writeNewFile,
  type FileContent,
  type FileIdentity
} from './files'
import { makeFolder } from './make-folder'

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
   * Stores a model, complete or not at all. A model that is already there, and whole, is not written again.
   *
   * @throws WorkbenchError `io` when it cannot be written, `invalid-input` for a location outside the model's folder.
   */
  add(model: FileContent, externalData?: ExternalFiles): Promise<StoredModel>
  has(modelHash: string): boolean
  /** Whether the model is stored and all of its files, which are read, are what its name says. */
  hasIntact(modelHash: string): Promise<boolean>
  /**
   * The path of a model's .onnx file, after all of its files were read and found to be what its name says. A damaged
   * model is removed, since nothing it computes could be trusted; running its study again makes it anew.
   *
   * @throws WorkbenchError `not-found` when it is not stored, or `modelHash` is not a hash; `io` when it is damaged.
   */
  intactPath(modelHash: string): Promise<string>
}

const modelFileName = 'model.onnx'

/** The store in `folder`; models in the making are in `temporaryFolder`, on the same file system. */
export function openModelStore(folder: string, temporaryFolder: string): ModelStore {
  const folderOf = (modelHash: string) => join(folder, modelHash)
  const pathOf = (modelHash: string) => join(folderOf(modelHash), modelFileName)
  const has = (modelHash: string) => /^[0-9a-f]{64}$/.test(modelHash) && existsSync(pathOf(modelHash))
  return {
    has,
    hasIntact: async (modelHash) => has(modelHash) && isIntact(folder, modelHash),
    async intactPath(modelHash) {
      if (!has(modelHash)) {
        throw new WorkbenchError(
          'not-found',
          `The model ${modelHash} is not in '${folder}': run the trial that makes it again.`,
          { details: { modelHash, folder } }
        )
      }
      if (await isIntact(folder, modelHash)) return pathOf(modelHash)
      await removeQuietly(folderOf(modelHash))
      throw new WorkbenchError(
        'io',
        `The model ${modelHash} in '${folder}' was damaged and is removed: run its study again to make it anew.`,
        { details: { modelHash, folder } }
      )
    },
    async add(model, externalData = new Map()) {
      const known = bytesInMemory(model, externalData)
      if (known !== undefined && has(known.modelHash) && (await isIntact(folder, known.modelHash))) {
        return { ...known, path: pathOf(known.modelHash) }
      }
      const aside = join(temporaryFolder, randomUUID())
      try {
        const written = await writeModel(aside, model, externalData)
        await publish(aside, folder, written.modelHash)
        return { ...written, path: pathOf(written.modelHash) }
      } finally {
        await removeQuietly(aside)
      }
    }
  }
}

/** The files of a stored model by their place in its folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

/** Whether the content of a stored model is what its name says. */
async function isIntact(folder: string, modelHash: string): Promise<boolean> {
  const externalData = new Map<string, FileIdentity>()
  for (const file of filesIn(join(folder, modelHash))) {
    if (file === modelFileName) continue
    externalData.set(file.split(sep).join('/'), await identifyFile(join(folder, modelHash, file)))
  }
  const model = await identifyFile(join(folder, modelHash, modelFileName))
  return modelIdentity(model, externalData).modelHash === modelHash
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
    await syncFolder(dirname(join(folder, location)))
  }
  await syncFolder(folder)
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
async function publish(aside: string, folder: string, modelHash: string): Promise<void> {
  const target = join(folder, modelHash)
  const isPublished = async () =>
    existsSync(join(target, modelFileName)) && (await isIntact(folder, modelHash))
  try {
    makeFolder(folder)
    try {
      await rename(aside, target)
    } catch (thrown) {
      if (!existsSync(target) || (await isPublished())) throw thrown
      // It is damaged, or somebody deleted the model by hand and left its folder.
      await removeQuietly(target)
      await rename(aside, target)
    }
    await syncFolder(folder)
  } catch (thrown) {
    if (!(await isPublished())) throw fileFailure(thrown, 'write', target)
  }
}
