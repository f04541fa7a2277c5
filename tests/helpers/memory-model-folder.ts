import { WorkbenchError } from '@contract/errors'
import type { ModelFolder } from '../../src-main/speech/families/model-folder'
import type { ModelInterface, ModelValue } from '../../src-main/speech/families/model-interface'

/** File names with their content; objects are written as JSON, and `undefined` takes a file away again. */
export type FolderFiles = Readonly<Record<string, Readonly<Record<string, unknown>> | string | undefined>>

/** A model folder in memory, named 'tiny'. */
export function memoryModelFolder(files: FolderFiles): ModelFolder {
  const present = new Map(Object.entries(files).filter(([, content]) => content !== undefined))
  return {
    name: 'tiny',
    modelFile: 'model.onnx',
    has: (fileName) => present.has(fileName),
    readText: async (fileName) => {
      const content = present.get(fileName)
      if (content === undefined) throw new WorkbenchError('io', `No ${fileName}.`)
      return typeof content === 'string' ? content : JSON.stringify(content)
    }
  }
}

/** `floatValue('x', 'batch', 80)` */
export function floatValue(name: string, ...dims: readonly (string | number)[]): ModelValue {
  return { name, dataType: 'float32', dims }
}

/** `integerValue('lengths', 'batch')` */
export function integerValue(name: string, ...dims: readonly (string | number)[]): ModelValue {
  return { name, dataType: 'int64', dims }
}

export function graphOf(
  inputs: readonly ModelValue[],
  outputs: readonly ModelValue[],
  metadata: Readonly<Record<string, string>> = {}
): ModelInterface {
  return { inputs, outputs, metadata: new Map(Object.entries(metadata)) }
}

/** How every refusal of recognition ends. */
export const modelFileHint =
  '; or describe the model in a lathe-model.json beside it, see docs/model-description.md.'
