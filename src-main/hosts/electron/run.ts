/** The Electron host: one instance, one window, one page. Runs in Electron's main process, which never computes. */
import process from 'node:process'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, session } from 'electron'
import { WorkbenchError } from '@contract/errors'
import type { EngineLauncher } from '../../engine/launcher'
import type { Workbench } from '../../services/workbench'
import { registerAppScheme, serveApp } from './app-protocol'
import { setApplicationMenu } from './application-menu'
import { restrictNavigation, restrictSession } from './deny-by-default'
import { serveIpc } from './ipc'
import { createUtilityProcessLauncher } from './launcher-utility-process'
import { openMainWindow } from './main-window'

/** Where the build put what the app needs, absolute, and how its workbench is made. */
export interface ElectronHostParts {
  /** Folder that holds `index.html`. */
  readonly rendererFolder: string
  /** The bundled preload script. */
  readonly preloadPath: string
  /** The engine's entry. */
  readonly engineEntry: string
  /** `workspaceFolder` is made when it is absent; `roots`: where choosing files begins. */
  readonly openWorkbench: (
    launcher: EngineLauncher,
    folders: { readonly workspaceFolder: string; readonly roots: readonly string[] }
  ) => Workbench
}

/**
 * Runs the app until its last window is closed; on macOS until the user quits it.
 *
 * A second start brings the first one's window to the front and ends. Call once, at once, when the process starts:
 * schemes can be registered only before the app is ready.
 */
export function runElectronHost(parts: ElectronHostParts): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  registerAppScheme()
  restrictNavigation()
  app.on('second-instance', bringToFront)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  void app.whenReady().then(() => {
    start(parts)
  })
}

function start({ rendererFolder, preloadPath, engineEntry, openWorkbench }: ElectronHostParts): void {
  let workbench: Workbench
  try {
    workbench = openWorkbench(createUtilityProcessLauncher(engineEntry), {
      workspaceFolder: join(app.getPath('userData'), 'workspace'),
      roots: [app.getPath('home')]
    })
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
    dialog.showErrorBox('Lathe cannot start', thrown.message)
    app.quit()
    return
  }
  restrictSession(session.defaultSession)
  serveApp({ rendererFolder, workbench })
  const stopIpc = serveIpc(workbench)
  setApplicationMenu(process.platform)
  openMainWindow(preloadPath)
  // macOS keeps an app without windows; a click on its icon opens one again.
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openMainWindow(preloadPath)
  })
  closeBeforeQuitting(async () => {
    stopIpc()
    await workbench.close()
  })
}

/** Lets a running job be recorded as interrupted before the app ends. */
function closeBeforeQuitting(close: () => Promise<void>): void {
  let isClosed = false
  app.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void close().finally(() => {
      isClosed = true
      app.quit()
    })
  })
}

function bringToFront(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.focus()
}
