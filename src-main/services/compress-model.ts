import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import { estimateBuild } from '../study/estimate-memory'
import { trialName } from '../study/expand'
import { systemResources } from '../workspace/machine-resources'
import { exportDocuments } from './report/export-documents'
import type { CompressRequest, CompressResult, ServiceOptions } from './requests'
import { assertFits, findShortfalls, type MachineRoom } from './resource-needs'
import { withEngine } from './with-engine'

/**
 * Compresses one model and exports it, without measuring its error rate. Without audio it may be of any family or none.
 *
 * @throws WorkbenchError `resources` when it does not fit on the machine, and what building and exporting throw.
 */
export async function compressModel(
  launcher: EngineLauncher,
  request: CompressRequest,
  options: ServiceOptions = {},
  machine: MachineRoom = systemResources
): Promise<CompressResult> {
  const { modelPath, making, calibrationPath, workspaceFolder, outputFolder, resample } = request
  return withEngine(launcher, async (engine) => {
    if (request.isForced !== true) await assertFitsHere(engine, request, machine, options)
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
    const original = await engine.request('model.identify', { modelPath }, options)
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

async function assertFitsHere(
  engine: EngineClient,
  { modelPath, making, calibrationPath, workspaceFolder, outputFolder }: CompressRequest,
  machine: MachineRoom,
  options: ServiceOptions
): Promise<void> {
  const model = await engine.request('model.describe', { modelPath }, options)
  const { memoryBytes, modelBytes, cacheBytes, temporaryBytes } = estimateBuild(
    making,
    model,
    calibrationPath !== undefined
  )
  const disk = [
    { folder: resolve(workspaceFolder), bytes: modelBytes + cacheBytes + temporaryBytes },
    { folder: resolve(outputFolder), bytes: modelBytes }
  ]
  assertFits('This compression', findShortfalls(machine, { memoryBytes, disk }))
}
