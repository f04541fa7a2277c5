import { availableParallelism } from 'node:os'
import type { EngineLauncher } from '../engine/launcher'
import { trialName } from '../study/expand'
import type { TrialMaking } from '../study/trial-spec'
import { exportDocuments } from './report/export-documents'
import type { CompressRequest, CompressResult, ServiceOptions } from './requests'
import { withEngine } from './with-engine'

/** Compresses one model and exports it, without measuring its error rate. */
export async function compressModel(
  launcher: EngineLauncher,
  request: CompressRequest,
  options: ServiceOptions = {}
): Promise<CompressResult> {
  const { modelPath, calibrationPath, workspaceFolder, outputFolder, resample } = request
  return withEngine(launcher, async (engine) => {
    const making = makingOf(request)
    const threads = availableParallelism()
    const built = await engine.request(
      'model.build',
      { modelPath, making, calibrationPath, calibrationHash: undefined, workspaceFolder, resample, threads },
      options
    )
    const { modelFile } = built
    const original = await engine.request('model.recognize', { modelPath }, options)
    const documents = exportDocuments({ name: trialName(making), making, built })
    const exported = await engine.request(
      'model.export',
      { original, modelFile, outputFolder, documents },
      options
    )
    return { built, exported }
  })
}

function makingOf(request: CompressRequest): TrialMaking {
  const { method, retainedParameterFraction, precision, rankMultiple, damping, excludeRoles, exclude } =
    request
  if (method === undefined) return precision === 'int8' ? { kind: 'int8-dynamic' } : { kind: 'baseline' }
  return {
    kind: 'low-rank',
    method,
    rankPolicy: request.rankPolicy,
    retainedParameterFraction,
    rankMultiple,
    damping,
    excludeRoles,
    exclude,
    precision
  }
}
