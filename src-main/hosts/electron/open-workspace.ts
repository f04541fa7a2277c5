/** Which workspace the app opens, and what happens when that one cannot be opened. */
import { join } from 'node:path'
import process from 'node:process'
import { app, dialog } from 'electron'
import { WorkbenchError } from '@contract/errors'
import { withWorkspace, type ShellMemory } from '../../services/shell-state'
import type { Workbench } from '../../services/workbench'
import { shellText } from './shell-text'

/**
 * Opens the workspace that was open last, or the one in the application data when there was none or it cannot be opened:
 * it may be on a disk that is not there today. Undefined, after saying why, when there is nothing to be opened.
 */
export function openLastWorkspace(
  memory: ShellMemory,
  open: (workspaceFolder: string) => Workbench
): Workbench | undefined {
  const own = join(app.getPath('userData'), 'workspace')
  const [last = own] = memory.state.workspaces
  const text = shellText()
  for (const folder of last === own ? [own] : [last, own]) {
    try {
      const workbench = open(folder)
      void memory.remember({ workspaces: withWorkspace(memory.state.workspaces, folder) })
      return workbench
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError)) throw thrown
      if (folder === own) dialog.showErrorBox(text.cannotStart, thrown.message)
      else {
        dialog.showErrorBox(text.cannotOpenWorkspace(folder), `${thrown.message}\n\n${text.opensOwnFolder}`)
      }
    }
  }
  return undefined
}

/**
 * Starts the app anew in another workspace, which also ends every engine of this one. Asks first when a job runs, since
 * it will be interrupted.
 */
export async function switchWorkspace(
  memory: ShellMemory,
  folder: string,
  hasRunningJob: boolean
): Promise<void> {
  if (memory.state.workspaces[0] === folder) return
  const text = shellText()
  if (hasRunningJob) {
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: text.jobRuns,
      detail: text.jobWillStop,
      buttons: [text.openAnyway, text.cancel],
      defaultId: 1,
      cancelId: 1,
      noLink: true
    })
    if (response !== 0) return
  }
  await memory.remember({ workspaces: withWorkspace(memory.state.workspaces, folder) })
  // Without what was opened with this start; in development the first argument is the app's folder.
  app.relaunch({ args: app.isPackaged ? [] : process.argv.slice(1, 2) })
  app.quit()
}
