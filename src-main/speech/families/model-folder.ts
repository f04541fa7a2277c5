import { WorkbenchError } from '@contract/errors'
import { JsonFields } from '../json-fields'

/**
 * How a model on disk looks to this room. The engine implements it over the file system; a path to a single `.onnx`
 * file stands for the folder that holds it.
 */
export interface ModelFolder {
  /** The folder's name, for messages. */
  readonly name: string
  /** The ONNX file in it, `model.onnx` unless the user picked another. */
  readonly modelFile: string
  /** Whether the folder itself holds a file of this name. */
  has(fileName: string): boolean
  /** @throws WorkbenchError `io` when the file cannot be read. */
  readText(fileName: string): Promise<string>
}

/** @throws WorkbenchError `unsupported-model` when the folder has no such file. */
export async function readModelText(folder: ModelFolder, fileName: string): Promise<string> {
  if (!folder.has(fileName)) {
    throw new WorkbenchError(
      'unsupported-model',
      `'${folder.name}' has no ${fileName}, expected it beside ${folder.modelFile}; copy it from the model's origin.`
    )
  }
  return folder.readText(fileName)
}

/** @throws WorkbenchError `unsupported-model` when the file is missing or not a JSON object. */
export async function readModelJson(folder: ModelFolder, fileName: string): Promise<JsonFields> {
  const text = await readModelText(folder, fileName)
  return JsonFields.parse(text, `${fileName} of '${folder.name}'`, 'unsupported-model')
}
