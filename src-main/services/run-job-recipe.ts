import { join } from 'node:path'
import type { StudyReport } from '@contract/trial'
import { removeQuietly, writeFile } from '../workspace/files'
import type { Workspace } from '../workspace/workspace'
import type { RunStudyRequest, ServiceOptions } from './requests'

interface RunParts {
  readonly workspace: Workspace
  readonly runStudy: (request: RunStudyRequest, options: ServiceOptions) => Promise<StudyReport>
}

/** Writes the recipe of a job as `jobs/<id>.json`, where a user finds what was run; returns the path. */
export async function writeJobRecipe(
  workspace: Workspace,
  { jobId, text }: { readonly jobId: string; readonly text: string }
): Promise<string> {
  const recipePath = jobRecipePath(workspace, jobId)
  await writeFile(recipePath, new TextEncoder().encode(text), workspace.temporaryFolder)
  return recipePath
}

/** Removes the file again, if there is one: with its job it has no use, and the study keeps the recipe. */
export function removeJobRecipe(workspace: Workspace, jobId: string): Promise<void> {
  return removeQuietly(jobRecipePath(workspace, jobId))
}

function jobRecipePath({ folder }: Workspace, jobId: string): string {
  return join(folder, 'jobs', `${jobId}.json`)
}

/** Runs the recipe of a job from its file in the workspace. */
export async function runJobRecipe(
  { workspace, runStudy }: RunParts,
  { jobId, text, isForced }: { readonly jobId: string; readonly text: string; readonly isForced: boolean },
  { onStudy, onTrial, ...options }: ServiceOptions & Pick<RunStudyRequest, 'onStudy' | 'onTrial'>
): Promise<StudyReport> {
  const recipePath = await writeJobRecipe(workspace, { jobId, text })
  return runStudy(
    {
      recipePath,
      workspaceFolder: workspace.folder,
      outputFolder: undefined,
      isForced,
      ...(onStudy === undefined ? {} : { onStudy }),
      ...(onTrial === undefined ? {} : { onTrial })
    },
    options
  )
}
