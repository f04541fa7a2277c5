import { WorkbenchError } from '@contract/errors'
import type { EngineLauncher } from '../engine/launcher'
import type { ExportResult } from '../engine/protocol'
import { openExistingWorkspace } from '../workspace/workspace'
import { trainingDocuments } from './report/training-documents'
import type { ServiceOptions } from './requests'
import { readTrainingRecord } from './stored-trainings'
import { withEngine } from './with-engine'

export interface ExportTrainingRequest {
  readonly workspaceFolder: string
  readonly trainingId: string
  readonly outputFolder: string
}

/**
 * Exports the model of a training that has ended, with its card, recipe and curve, and proves that the copy runs alike.
 *
 * @throws WorkbenchError `not-found` for a training that is not there, `conflict` for one that has not ended, when its
 *   parent model has changed since, or for a folder in use.
 */
export async function exportTraining(
  launcher: EngineLauncher,
  { workspaceFolder, trainingId, outputFolder }: ExportTrainingRequest,
  options: ServiceOptions = {}
): Promise<ExportResult> {
  const workspace = openExistingWorkspace(workspaceFolder)
  try {
    const { outcome, curve, ...head } = readTrainingRecord(workspace, trainingId)
    const { recipe, parentModelHash, trainingHash, developmentHash, trainedParameters } = head
    if (outcome === null) {
      throw new WorkbenchError(
        'conflict',
        `The training '${recipe.name}' has not ended yet, so it has no model: let it go on to its end first.`
      )
    }
    const modelFile = await workspace.models.intactPath(outcome.modelHash)
    const documents = trainingDocuments({
      recipe,
      trained: { ...outcome, trainingId, curve, trainedParameters, modelFile },
      parentModelHash,
      trainingHash,
      developmentHash: developmentHash ?? undefined
    })
    return await withEngine(launcher, async (engine) => {
      const original = await engine.request('model.recognize', { modelPath: recipe.model }, options)
      // What lies beside the parent is exported with the model, so it must be the parent still.
      if (original.modelHash !== parentModelHash) {
        throw new WorkbenchError(
          'conflict',
          `The model at '${recipe.model}' is not the one that was trained; put the original back or train again.`
        )
      }
      return engine.request('model.export', { original, modelFile, outputFolder, documents }, options)
    })
  } finally {
    workspace.close()
  }
}
