import { basename, dirname, join, resolve } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { compareOutputs } from '../../evaluation/parity'
import { decodeModel } from '../../onnx/serde/decode-model'
import { assertSafeLocation, externalLocations } from '../../onnx/serde/external-data'
import type { InferenceBackend, InferenceSession, RuntimeTensor } from '../../runtime/inference-backend'
import type { SpeechModelDescription } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import { copyFile, identifyFile, readFile, writeFile } from '../../workspace/files'
import { isLargeModel } from '../../study/large-model'
import { writeFolder } from '../../workspace/export-folder'
import { openModelFolder } from '../../workspace/model-folder'
import type { ExportParams, ExportResult } from '../protocol'
import { noiseInput } from './reference-input'

/**
 * Writes a model with every file it needs into a folder, then opens that folder as a stranger would and compares the
 * outputs with the stored model's. Of a large model, and of one that no family recognises, the files are read back instead.
 *
 * The folder appears complete or not at all.
 *
 * @throws WorkbenchError `conflict` when the folder exists and is not empty, `internal` when the copy behaves otherwise.
 */
export async function exportModel(
  backend: InferenceBackend,
  { original, modelFile, outputFolder, documents }: ExportParams
): Promise<ExportResult> {
  const { description } = original
  const originalFolder = dirname(original.modelFile)
  const folder = resolve(outputFolder)
  const name = description?.modelFile ?? basename(original.modelFile)
  let sizeBytes = 0
  const files = await writeFolder(folder, async (aside) => {
    sizeBytes += await copyExactly(modelFile, pathInside(aside, name))
    for (const location of externalLocations(decodeModel(await readFile(modelFile)))) {
      sizeBytes += await copyExactly(join(dirname(modelFile), location), pathInside(aside, location))
    }
    for (const sidecar of description?.sidecars ?? []) {
      await copyFile(join(originalFolder, sidecar), pathInside(aside, sidecar))
    }
    for (const [document, text] of Object.entries(documents)) {
      await writeFile(pathInside(aside, document), new TextEncoder().encode(text))
    }
  })
  if (description === undefined || isLargeModel(sizeBytes)) return { folder, files, maxAbsoluteError: null }
  const exported = openModelFolder(folder)
  const maxAbsoluteError = await compareFiles(backend, description, [
    modelFile,
    join(exported.folder, exported.modelFile)
  ])
  if (maxAbsoluteError !== 0) {
    throw new WorkbenchError(
      'internal',
      `The exported model differs from the stored one by ${maxAbsoluteError}, expected no difference.`
    )
  }
  return { folder, files, maxAbsoluteError }
}

/** @throws WorkbenchError `invalid-input` for a name that leads out of the folder: nothing beside it is ever written. */
function pathInside(folder: string, name: string): string {
  assertSafeLocation(name)
  return join(folder, name)
}

/** Copies a file, reads the copy back from where it is, and returns its size. */
async function copyExactly(from: string, to: string): Promise<number> {
  const { sha256, sizeBytes } = await copyFile(from, to)
  if ((await identifyFile(to)).sha256 !== sha256) {
    throw new WorkbenchError('io', `'${to}' does not hold what was written to it; check the disk.`)
  }
  return sizeBytes
}

/** Largest difference of the two files' outputs on one seeded input. */
async function compareFiles(
  backend: InferenceBackend,
  description: SpeechModelDescription,
  [first, second]: readonly [string, string]
): Promise<number> {
  const input = noiseInput(description)
  const outputs: Float32Array[] = []
  for (const path of [first, second]) {
    const session = await backend.open({ kind: 'file', path })
    try {
      outputs.push(await runOnce(session, description, input))
    } finally {
      await session.release()
    }
  }
  return compareOutputs(outputs[0]!, outputs[1]!).maxAbsoluteError
}

async function runOnce(
  session: InferenceSession,
  description: SpeechModelDescription,
  input: RuntimeTensor
): Promise<Float32Array> {
  const { outputName } = description
  const { [outputName]: output } = await session.run(modelFeeds(description, input), [outputName])
  if (output?.dataType === 'float32') return output.data
  throw new WorkbenchError('internal', `The exported model gives no float32 '${outputName}'.`)
}
