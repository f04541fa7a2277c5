import { studyOriginSchema, trialErrorSchema, trialOutcomeSchema, type StudyReport } from '@contract/trial'
import { expandRecipe } from '../study/expand'
import type { Workspace } from '../workspace/workspace'
import type { StudyRecord, StudySummary } from '../workspace/records'
import { compareTrials } from './compare-trials'
import type { DifferenceCache } from './difference-cache'
import { recordsOf } from './utterance-records'
import { studyHead } from './study-head'
import { createTrialReport } from './trial-report'
import { withWorkspace } from './with-workspace'

export type { StudySummary } from '../workspace/records'

/** The studies of a workspace, the latest first. */
export function listStudies(workspaceFolder: string): readonly StudySummary[] {
  return withWorkspace(workspaceFolder, ({ records }) => records.listStudies())
}

/**
 * A study as it stands, finished or not. `differences`: what earlier calls have compared.
 *
 * @throws WorkbenchError `not-found` when no study has this id, name or beginning of an id; `conflict` when several do.
 */
export function showStudy(
  workspaceFolder: string,
  study: string,
  differences?: DifferenceCache
): StudyReport {
  return withWorkspace(workspaceFolder, (workspace) =>
    reportStudy(workspace, workspace.records.findStudy(study), differences)
  )
}

function reportStudy(
  workspace: Workspace,
  { studyId, name, recipe, trials }: StudyRecord,
  differences: DifferenceCache | undefined
): StudyReport {
  const { records } = workspace
  const origin = studyOriginSchema.parse(recipe)
  const specs = new Map(expandRecipe(origin.recipe, origin).map((spec) => [spec.name, spec]))
  const reports = trials.flatMap(({ trialId, name: trialName }) => {
    const spec = specs.get(trialName)
    if (spec === undefined) return []
    const stored = records.trial(trialId)
    return createTrialReport({
      trialId,
      spec,
      state: stored?.state ?? 'pending',
      reused: stored?.state === 'completed',
      outcome: stored?.result === undefined ? undefined : trialOutcomeSchema.parse(stored.result),
      error: stored?.error === undefined ? undefined : trialErrorSchema.parse(stored.error)
    })
  })
  return {
    study: studyHead(studyId, name, origin),
    trials: compareTrials(reports, origin.recipe, recordsOf(workspace), differences)
  }
}
