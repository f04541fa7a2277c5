import { openExistingWorkspace, type Workspace } from '../workspace/workspace'

/**
 * Looks into the workspace in `folder`, which is closed again whatever happens. `work` must be done with it when it
 * returns.
 *
 * @throws WorkbenchError `not-found` when there is no workspace.
 */
export function withWorkspace<T>(folder: string, work: (workspace: Workspace) => T): T {
  const workspace = openExistingWorkspace(folder)
  try {
    return work(workspace)
  } finally {
    workspace.close()
  }
}
