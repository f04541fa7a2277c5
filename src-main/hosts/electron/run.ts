/** The Electron host: one instance, one window, one page. Runs in Electron's main process, which never computes. */
import process from 'node:process'
import { join } from 'node:path'
import { app, BrowserWindow, session, shell } from 'electron'
import type { PathChoice, PathQuestion } from '@contract/path-choice'
import type { EngineLauncher } from '../../engine/launcher'
import type { EngineProcessOptions } from '../../engine/launcher-options'
import { openShellMemory } from '../../services/shell-state'
import type { Workbench } from '../../services/workbench'
import { registerAppScheme, serveApp } from './app-protocol'
import { setApplicationMenu } from './application-menu'
import { chooseFromMenu } from './choose-from-menu'
import { restrictNavigation, restrictSession } from './deny-by-default'
import { serveIpc } from './ipc'
import { attendToJobs } from './job-attention'
import { createUtilityProcessLauncher, engineServiceName } from './launcher-utility-process'
import { openMainWindow } from './main-window'
import { openLastWorkspace, switchWorkspace } from './open-workspace'
import { pathsIn, placeOf } from './opened-paths'
import { choosePath } from './path-dialog'
import { watchEngines, watchPage } from './process-notices'

/** What a workbench in a window is made of. */
export interface WindowWorkbenchOptions {
  /** Made when it is absent. */
  readonly workspaceFolder: string
  /** Where choosing files begins. */
  readonly roots: readonly string[]
  readonly choosePath: (question: PathQuestion) => Promise<PathChoice>
}

/** Where the build put what the app needs, absolute, and how its workbench is made. */
export interface ElectronHostParts {
  /** Folder that holds `index.html`. */
  readonly rendererFolder: string
  /** The bundled preload script. */
  readonly preloadPath: string
  /** The engine's entry. */
  readonly engineEntry: string
  readonly engineOptions: EngineProcessOptions
  /** Recipes and licences, outside any archive. */
  readonly resourcesFolder: string
  readonly openWorkbench: (launcher: EngineLauncher, options: WindowWorkbenchOptions) => Workbench
}

/**
 * Runs the app until its last window is closed; on macOS until the user quits it.
 *
 * A second start brings the first one's window to the front, opens there what it was asked to open, and ends. Call once,
 * at once, when the process starts: schemes can be registered only before the app is ready.
 */
export function runElectronHost(parts: ElectronHostParts): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  registerAppScheme()
  restrictNavigation()
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  // macOS hands over what was opened by events, the first of them before the app is ready.
  let opened = pathsIn(process.argv, process.cwd(), app.isPackaged)
  let open = (paths: readonly string[]): void => {
    opened = paths
  }
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open([path])
  })
  app.on('second-instance', (_event, argv, folder) => {
    open(pathsIn(argv, folder, app.isPackaged))
  })
  void app.whenReady().then(() => {
    const show = start(parts, opened)
    if (show === undefined) return
    open = ([path]) => {
      show(path === undefined ? undefined : placeOf(path))
    }
  })
}

/** Shows the window in front, and an address of its page when one is given. */
type Show = (place?: string) => void

/** Opens the first window; undefined, after saying why, when there is nothing to show. */
function start(parts: ElectronHostParts, opened: readonly string[]): Show | undefined {
  const { preloadPath, openWorkbench } = parts
  const memory = openShellMemory(join(app.getPath('userData'), 'shell.json'))
  const launcher = createUtilityProcessLauncher(parts.engineEntry, parts.engineOptions)
  const workbench = openLastWorkspace(memory, (workspaceFolder) =>
    openWorkbench(launcher, { workspaceFolder, roots: [app.getPath('home')], choosePath })
  )
  if (workbench === undefined) {
    app.quit()
    return undefined
  }
  restrictSession(session.defaultSession)
  serveApp({ rendererFolder: parts.rendererFolder, workbench })
  const stopIpc = serveIpc(workbench)

  const openWindow = (place: string): void => {
    watchPage(openMainWindow({ preloadPath, memory, place }))
  }
  const show: Show = (place) => {
    const [window] = BrowserWindow.getAllWindows()
    if (window === undefined) openWindow(place ?? '')
    else {
      if (window.isMinimized()) window.restore()
      window.focus()
      if (place !== undefined) workbench.events.publish({ kind: 'place.requested', place })
    }
  }
  const showJobs = (): void => {
    show('#/jobs')
  }
  const attention = attendToJobs(workbench.events, showJobs)
  watchEngines(engineServiceName, showJobs)
  const openWorkspace = (folder: string): void => {
    void switchWorkspace(memory, folder, attention.hasRunningJob)
  }
  setApplicationMenu({
    platform: process.platform,
    recentWorkspaces: memory.state.workspaces,
    choose: (kind) => void chooseFromMenu(kind, { show, openWorkspace }),
    openWorkspace,
    show,
    openResource: (name) => void shell.openPath(join(parts.resourcesFolder, name))
  })
  openWindow(opened[0] === undefined ? '' : placeOf(opened[0]))
  // macOS keeps an app without windows; a click on its icon opens one again.
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow('')
  })
  closeBeforeQuitting(async () => {
    stopIpc()
    await workbench.close()
    attention.stop()
    // What was remembered on the way is on the disk then.
    await memory.remember({})
  })
  return show
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
