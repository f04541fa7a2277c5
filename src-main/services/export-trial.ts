import { WorkbenchError } from '@contract/errors'
import { studyOriginSchema, trialOutcomeSchema, type TrialOutcome } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import type { ExportResult } from '../engine/protocol'
import { expandRecipe } from '../study/expand'
import type { TrialSpec } from '../study/trial-spec'
import type { StudyRecord } from '../workspace/records'
import { openExistingWorkspace, type Workspace } from '../workspace/workspace'
import { exportDocuments } from './report/export-documents'
import type { ExportRequest, ServiceOptions } from './requests'
import { withEngine } from './with-engine'

/**
 * Exports the model of a finished trial with its sidecar files and a card, and proves that the copy runs alike.
 *
 * @throws WorkbenchError `not-found` for a study, trial or model that is not there, `conflict` for one not finished or
 *   a folder in use.
 */
export async function exportTrial(
  launcher: EngineLauncher,
  request: ExportRequest,
  options: ServiceOptions = {}
): Promise<ExportResult> {
  const workspace = openExistingWorkspace(request.workspaceFolder)
  try {
    const study = workspace.records.findStudy(request.study)
    const origin = studyOriginSchema.parse(study.recipe)
    const { modelPath, modelHash } = origin
    const { trialId, spec } = findTrial(study, expandRecipe(origin.recipe, origin), request.trial)
    const outcome = finishedOutcome(workspace, trialId, spec)
    const { outputFolder } = request
    return await withEngine(launcher, async (engine) => {
      const original = await engine.request('model.recognize', { modelPath }, options)
      assertSameModel(original.modelHash, modelHash, modelPath)
      const isBaseline = spec.making.kind === 'baseline'
      const modelFile = isBaseline ? original.modelFile : workspace.models.path(outcome.built.modelHash)
      const documents = exportDocuments({
        name: spec.name,
        making: spec.making,
        originalModelHash: modelHash,
        ...outcome
      })
      return engine.request('model.export', { original, modelFile, outputFolder, documents }, options)
    })
  } finally {
    workspace.close()
  }
}

function findTrial(
  { name, trials }: StudyRecord,
  specs: readonly TrialSpec[],
  wanted: string
): { trialId: string; spec: TrialSpec } {
  const listed = trials.find((trial) => trial.name === wanted || trial.trialId.startsWith(wanted))
  const spec = specs.find((each) => each.name === listed?.name)
  if (listed !== undefined && spec !== undefined) return { trialId: listed.trialId, spec }
  throw new WorkbenchError(
    'not-found',
    `Study '${name}' has no trial '${wanted}'; it has: ${trials.map((trial) => trial.name).join(', ')}.`
  )
}

function finishedOutcome({ records }: Workspace, trialId: string, { name }: TrialSpec): TrialOutcome {
  const stored = records.trial(trialId)
  if (stored?.state === 'completed') return trialOutcomeSchema.parse(stored.result)
  throw new WorkbenchError(
    'conflict',
    `Trial '${name}' is ${stored?.state ?? 'pending'}, expected completed; run the study again first.`
  )
}

/** Sidecar files must come from the model that was compressed. */
function assertSameModel(found: string, expected: string, modelPath: string): void {
  if (found === expected) return
  throw new WorkbenchError(
    'conflict',
    `The model at '${modelPath}' is not the one that the study compressed; put the original back or run the study again.`
  )
}
