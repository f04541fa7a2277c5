/** The Electron host: one instance, one window, one page. Runs in Electron's main process, which never computes. */
import process from 'node:process'
import { app, BrowserWindow, session } from 'electron'
import { registerAppScheme, serveApp } from './app-protocol'
import { setApplicationMenu } from './application-menu'
import { restrictNavigation, restrictSession } from './deny-by-default'
import { openMainWindow } from './main-window'

/** Where the build put what a window needs; absolute paths. */
export interface ElectronHostPaths {
  /** Folder that holds `index.html`. */
  readonly rendererFolder: string
  /** The bundled preload script. */
  readonly preloadPath: string
}

/**
 * Runs the app until its last window is closed; on macOS until the user quits it.
 *
 * A second start brings the first one's window to the front and ends. Call once, at once, when the process starts:
 * schemes can be registered only before the app is ready.
 */
export function runElectronHost({ rendererFolder, preloadPath }: ElectronHostPaths): void {
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
    restrictSession(session.defaultSession)
    serveApp(rendererFolder)
    setApplicationMenu(process.platform)
    openMainWindow(preloadPath)
    // macOS keeps an app without windows; a click on its icon opens one again.
    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) openMainWindow(preloadPath)
    })
  })
}

function bringToFront(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.focus()
}
