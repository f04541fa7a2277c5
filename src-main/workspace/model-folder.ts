import { readdirSync, statSync, type Stats } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { assertSafeLocation } from '../onnx/serde/external-data'
import { fileFailure } from './file-failure'
import { readFile, readTextFile } from './files'

/** A model on disk as the user keeps it, with what lies beside it. The speech room's `ModelFolder` over files. */
export interface ModelFolderFiles {
  /** The folder's name, for messages and as the model's default name. */
  readonly name: string
  /** Absolute. */
  readonly folder: string
  /** The .onnx file in it that is to be opened first. */
  readonly modelFile: string
  /** The absolute path of `modelFile`. */
  readonly modelPath: string
  /** Whether the folder holds a file of this name. */
  has(fileName: string): boolean
  /** @throws WorkbenchError `not-found`, `io`, or `invalid-input` when it is not UTF-8. */
  readText(fileName: string): Promise<string>
  /** @throws WorkbenchError `not-found` or `io`. */
  readBytes(fileName: string): Promise<Uint8Array<ArrayBuffer>>
}

/** In a folder with several models, the one that comes first. The second is how Hugging Face's optimum exports. */
const preferredModelFiles: readonly string[] = ['model.onnx', 'encoder_model.onnx']

/**
 * The model at `path`: a folder, or one .onnx file, which stands for its folder.
 *
 * Symbolic links are followed, because downloads are often kept as links into a store.
 *
 * @throws WorkbenchError `not-found` when the path or a model in it is absent; `invalid-input` when the file is no
 * .onnx file or when it is not clear which of several is meant.
 */
export function openModelFolder(path: string): ModelFolderFiles {
  const absolute = resolve(path)
  const status = statusOf(absolute)
  const isFolder = status.isDirectory()
  // A pipe or a device of that name would be read without end.
  const isModelFile = status.isFile() && absolute.toLowerCase().endsWith('.onnx')
  if (!isFolder && !isModelFile) {
    throw new WorkbenchError(
      'invalid-input',
      `'${path}' is not a model: expected a folder or an .onnx file.`,
      {
        details: { path }
      }
    )
  }
  const folder = isFolder ? absolute : dirname(absolute)
  const modelFile = isFolder ? chooseModelFile(folder) : basename(absolute)
  const pathOf = (fileName: string): string => {
    assertSafeLocation(fileName)
    return join(folder, fileName)
  }
  return {
    name: basename(folder),
    folder,
    modelFile,
    modelPath: join(folder, modelFile),
    has: (fileName) => isFile(pathOf(fileName)),
    readText: async (fileName) => readTextFile(pathOf(fileName)),
    readBytes: async (fileName) => readFile(pathOf(fileName))
  }
}

function chooseModelFile(folder: string): string {
  const names = readdirSync(folder)
    .filter((name) => name.toLowerCase().endsWith('.onnx') && isFile(join(folder, name)))
    .sort()
  const [only, ...others] = names
  if (only === undefined) {
    throw new WorkbenchError('not-found', `'${folder}' holds no .onnx file: choose the folder of a model.`, {
      details: { folder }
    })
  }
  const preferred = preferredModelFiles.find((name) => names.includes(name))
  if (preferred === undefined && others.length > 0) {
    throw new WorkbenchError(
      'invalid-input',
      `'${folder}' holds ${names.length} models, expected one: choose one of ${names.join(', ')}.`,
      { details: { folder } }
    )
  }
  return preferred ?? only
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function statusOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (thrown) {
    throw fileFailure(thrown, 'open', path)
  }
}
