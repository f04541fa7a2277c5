import { studyOriginSchema } from '@contract/trial'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import type { ExportResult } from '../engine/protocol'
import { expandRecipe } from '../study/expand'
import { openExistingWorkspace } from '../workspace/workspace'
import { assertSameModel, findTrial, finishedOutcome } from './finished-trial'
import { exportDocuments } from './report/export-documents'
import type { ExportRequest, ServiceOptions } from './requests'
import { withEngine } from './with-engine'

/**
 * Exports the model of a finished trial with its sidecar files and a card, and proves that the copy runs alike.
 *
 * @throws WorkbenchError `not-found` for a study, trial or model that is not there, `conflict` for one not finished or
 *   a folder in use.
 */
export function exportTrial(
  launcher: EngineLauncher,
  request: ExportRequest,
  options: ServiceOptions = {}
): Promise<ExportResult> {
  return withEngine(launcher, (engine) => exportTrialWith(engine, request, options))
}

/** As `exportTrial`, with an engine that may serve others too. */
export async function exportTrialWith(
  engine: EngineClient,
  request: ExportRequest,
  options: ServiceOptions
): Promise<ExportResult> {
  const workspace = openExistingWorkspace(request.workspaceFolder)
  try {
    const study = workspace.records.findStudy(request.study)
    const origin = studyOriginSchema.parse(study.recipe)
    const { modelPath, modelHash } = origin
    const { trialId, spec } = findTrial(study, expandRecipe(origin.recipe, origin), request.trial)
    const outcome = finishedOutcome(workspace, trialId, spec)
    const { outputFolder } = request
    const original = await engine.request('model.recognize', { modelPath }, options)
    assertSameModel(original.modelHash, modelHash, modelPath)
    const isBaseline = spec.making.kind === 'baseline'
    const modelFile = isBaseline
      ? original.modelFile
      : await workspace.models.intactPath(outcome.built.modelHash)
    const documents = exportDocuments({
      name: spec.name,
      making: spec.making,
      originalModelHash: modelHash,
      ...outcome
    })
    return await engine.request('model.export', { original, modelFile, outputFolder, documents }, options)
  } finally {
    workspace.close()
  }
}
