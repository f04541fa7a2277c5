import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron'
import { versionArgument } from '@contract/bridge'
import { latheVersion } from '../../base/lathe-version'
import { appUrl } from './app-protocol'

/** The window's options: an isolated, sandboxed page without Node, and a preload script beside it. */
function windowOptions(preloadPath: string): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 480,
    minHeight: 400,
    title: 'Lathe',
    // Shown when it has something to show.
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      additionalArguments: [`${versionArgument}${latheVersion}`]
    }
  }
}

/** Opens the window; it appears when its page has been drawn once. */
export function openMainWindow(preloadPath: string): BrowserWindow {
  const window = new BrowserWindow(windowOptions(preloadPath))
  window.once('ready-to-show', () => {
    window.show()
  })
  void window.loadURL(appUrl)
  return window
}
