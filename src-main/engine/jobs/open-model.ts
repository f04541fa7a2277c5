import { dirname, join } from 'node:path'
import { WorkbenchError, toErrorWire, fromErrorWire, type ErrorWire } from '@contract/errors'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { externalLocations, loadExternalData } from '../../onnx/serde/external-data'
import { decodeModel } from '../../onnx/serde/decode-model'
import type { SpeechModelDescription } from '../../speech/families/family'
import { modelInterface } from '../../speech/families/model-interface'
import { recognizeFamily } from '../../speech/families/recognize'
import { externalDataFile, openExternalDataFiles } from '../../workspace/external-data-files'
import { identifyFile, type FileIdentity } from '../../workspace/files'
import { openModelFolder } from '../../workspace/model-folder'
import { modelIdentity } from '../../workspace/model-store'

/** A model on disk, decoded, with what its folder says about driving it. */
export interface OpenedModel {
  /** The ONNX file. */
  readonly file: string
  readonly name: string
  readonly modelHash: string
  readonly sizeBytes: number
  /** Values in memory, but for large initializers in external data, which are read from there when they are needed. */
  readonly model: Model
  /** Files beside the ONNX file that hold values of it. */
  readonly externalLocations: ReadonlySet<string>
  /** Undefined when no family recognises the model. */
  readonly description: SpeechModelDescription | undefined
  /** Why no family recognises it. */
  readonly refusal: ErrorWire | undefined
}

/**
 * Smaller external values are loaded: shapes, biases and scales, which passes look at again and again. It takes eight
 * thousand of them to fill 500 MB.
 */
const deferFromBytes = 2 ** 16

/**
 * Opens a model folder or ONNX file.
 *
 * @throws WorkbenchError `not-found`, `invalid-input` when it is no ONNX model or not a legal one (`assertInvariants`),
 * `unsupported-model` when this version does not handle it, `io`.
 */
export async function openModel(path: string): Promise<OpenedModel> {
  const folder = openModelFolder(path)
  const file = join(folder.folder, folder.modelFile)
  const bytes = await folder.readBytes(folder.modelFile)
  const decoded = decodeNamed(bytes, file)
  const model = loadExternalData(decoded, openExternalDataFiles(folder.folder), { deferFromBytes })
  return {
    file,
    name: folder.name,
    ...(await identify(file, decoded)),
    model,
    externalLocations: externalLocations(decoded),
    ...(await tryRecognize(folder, decoded))
  }
}

/**
 * Decoding does not know where the bytes come from; whoever reads the message must. What follows relies on a legal graph:
 * no cycles, every name defined once.
 */
function decodeNamed(bytes: Uint8Array, file: string): Model {
  try {
    const model = decodeModel(bytes)
    assertInvariants(model, 'invalid-input')
    return model
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error
    throw new WorkbenchError(error.code, `Could not open '${file}': ${error.message}`, { cause: error })
  }
}

/** Hash and size over the ONNX file and the external data files that it points to. */
async function identify(file: string, model: Model): Promise<Pick<OpenedModel, 'modelHash' | 'sizeBytes'>> {
  const externalData = new Map<string, FileIdentity>()
  for (const location of externalLocations(model)) {
    externalData.set(location, await identifyFile(externalDataFile(dirname(file), location)))
  }
  return modelIdentity(await identifyFile(file), externalData)
}

async function tryRecognize(
  folder: Parameters<typeof recognizeFamily>[0],
  model: Model
): Promise<Pick<OpenedModel, 'description' | 'refusal'>> {
  try {
    return { description: await recognizeFamily(folder, modelInterface(model)), refusal: undefined }
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'unsupported-model') {
      return { description: undefined, refusal: toErrorWire(error) }
    }
    throw error
  }
}

/** The description of a model that must be driven. @throws WorkbenchError `unsupported-model` with the reason. */
export function requireDescription(opened: OpenedModel): SpeechModelDescription {
  if (opened.description !== undefined) return opened.description
  throw opened.refusal === undefined
    ? new WorkbenchError('internal', `'${opened.name}' was not recognised for no reason.`)
    : fromErrorWire(opened.refusal)
}
