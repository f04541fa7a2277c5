import { availableParallelism } from 'node:os'
import type { EngineLauncher } from '../engine/launcher'
import { trialName } from '../study/expand'
import { exportDocuments } from './report/export-documents'
import type { CompressRequest, CompressResult, ServiceOptions } from './requests'
import { withEngine } from './with-engine'

/** Compresses one model and exports it, without measuring its error rate. */
export async function compressModel(
  launcher: EngineLauncher,
  request: CompressRequest,
  options: ServiceOptions = {}
): Promise<CompressResult> {
  const { modelPath, making, calibrationPath, workspaceFolder, outputFolder, resample } = request
  return withEngine(launcher, async (engine) => {
    const threads = availableParallelism()
    const built = await engine.request(
      'model.build',
      {
        modelPath,
        making,
        calibrationPath,
        calibrationHash: undefined,
        workspaceFolder,
        resample,
        skipUnreadable: false,
        threads,
        evaluationThreads: 1
      },
      options
    )
    const { modelFile } = built
    const original = await engine.request('model.recognize', { modelPath }, options)
    const documents = exportDocuments({
      name: trialName(making),
      making,
      built,
      originalModelHash: original.modelHash
    })
    const exported = await engine.request(
      'model.export',
      { original, modelFile, outputFolder, documents },
      options
    )
    return { built, exported }
  })
}
