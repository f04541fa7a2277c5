import { join } from 'node:path'
import type { StudyReport } from '@contract/trial'
import { writeFile } from '../workspace/files'
import type { Workspace } from '../workspace/workspace'
import type { RunStudyRequest, ServiceOptions } from './requests'

interface RunParts {
  readonly workspace: Workspace
  readonly runStudy: (request: RunStudyRequest, options: ServiceOptions) => Promise<StudyReport>
}

/**
 * Runs the recipe of a job. It is written into the workspace first, as `jobs/<id>.json`: a study is run from a file,
 * and a user finds there what was run.
 */
export async function runJobRecipe(
  { workspace, runStudy }: RunParts,
  { jobId, text }: { readonly jobId: string; readonly text: string },
  { onStudy, onTrial, ...options }: ServiceOptions & Pick<RunStudyRequest, 'onStudy' | 'onTrial'>
): Promise<StudyReport> {
  const recipePath = join(workspace.folder, 'jobs', `${jobId}.json`)
  await writeFile(recipePath, new TextEncoder().encode(text), workspace.temporaryFolder)
  return runStudy(
    {
      recipePath,
      workspaceFolder: workspace.folder,
      outputFolder: undefined,
      ...(onStudy === undefined ? {} : { onStudy }),
      ...(onTrial === undefined ? {} : { onTrial })
    },
    options
  )
}
