import { BrowserWindow, screen, type BrowserWindowConstructorOptions } from 'electron'
import { versionArgument } from '@contract/bridge'
import { latheVersion } from '../../base/lathe-version'
import type { ShellMemory } from '../../services/shell-state'
import { appUrl } from './app-protocol'
import { boundsOnScreen, minimumSize } from './window-bounds'

export interface MainWindowParts {
  readonly preloadPath: string
  readonly memory: ShellMemory
  /** Address inside the page, beginning with `#`; empty for where it begins. */
  readonly place: string
}

/** An isolated, sandboxed page without Node, and a preload script beside it. */
function windowOptions(preloadPath: string): BrowserWindowConstructorOptions {
  return {
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
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

/** Opens the window where it was the last time; it appears when its page has been drawn once. */
export function openMainWindow({ preloadPath, memory, place }: MainWindowParts): BrowserWindow {
  const { bounds, isMaximized } = memory.state
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  const window = new BrowserWindow({
    ...windowOptions(preloadPath),
    ...boundsOnScreen(
      bounds,
      [primary, ...others].map(({ workArea }) => workArea)
    )
  })
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize()
    window.show()
  })
  window.on('close', () => {
    void memory.remember({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() })
  })
  void window.loadURL(`${appUrl}${place}`)
  return window
}
