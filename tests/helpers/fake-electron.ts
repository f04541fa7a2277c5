/**
 * As much of the `electron` module as the shell touches. What the shell registers can be called back from a test, and what
 * it did is kept. In a test: `vi.mock('electron', () => electron)` with what `createFakeElectron` returns.
 */
import { EventEmitter } from 'node:events'

type PermissionRequest = (
  contents: unknown,
  permission: string,
  decide: (granted: boolean) => void,
  details: unknown
) => void

export interface FakeMenuItem {
  readonly label?: string
  readonly role?: string
  readonly enabled?: boolean
  readonly accelerator?: string
  readonly click?: () => void
  readonly submenu?: readonly FakeMenuItem[]
}

/** What happened, and what the system and the user will answer. */
export interface FakeElectronState {
  hasLock: boolean
  isPackaged: boolean
  locale: string
  userData: string
  /** In order, as short texts. */
  calls: string[]
  privileged: unknown[]
  handler: ((request: Request) => Promise<Response>) | undefined
  requestPermission: PermissionRequest | undefined
  checkPermission:
    ((contents: unknown, permission: string, origin: string, details: unknown) => boolean) | undefined
  beforeRequest:
    ((details: { url: string }, decide: (answer: { cancel: boolean }) => void) => void) | undefined
  menu: readonly FakeMenuItem[]
  /** Boxes that were shown, and the buttons that the user presses in them, in order; 0 when there are no more. */
  boxes: { readonly message: string; readonly buttons: readonly string[] }[]
  presses: number[]
  openDialogs: Record<string, unknown>[]
  /** What the user chooses; nothing: the user closes the dialog. */
  chosen: string[]
  displays: { readonly id: number; readonly workArea: Record<'x' | 'y' | 'width' | 'height', number> }[]
  notifications: FakeNotification[]
}

export interface FakeNotification extends EventEmitter {
  readonly options: { readonly title: string; readonly body: string }
}

const noBounds = { x: 0, y: 0, width: 0, height: 0 }

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = []
  readonly webContents = Object.assign(new EventEmitter(), {
    reload: () => {
      this.reloads++
    }
  })
  loaded = ''
  shown = false
  focused = false
  minimized = false
  maximized = false
  destroyed = false
  reloads = 0
  progress: number | undefined
  bounds = { ...noBounds }

  constructor(readonly options: { webPreferences: Record<string, unknown>; show: boolean }) {
    super()
    this.bounds = { ...noBounds, ...options }
    FakeWindow.all.push(this)
  }
  static getAllWindows(): FakeWindow[] {
    return FakeWindow.all
  }
  async loadURL(url: string): Promise<void> {
    this.loaded = url
  }
  show(): void {
    this.shown = true
  }
  focus(): void {
    this.focused = true
  }
  isFocused(): boolean {
    return this.focused
  }
  restore(): void {
    this.minimized = false
  }
  isMinimized(): boolean {
    return this.minimized
  }
  maximize(): void {
    this.maximized = true
  }
  isMaximized(): boolean {
    return this.maximized
  }
  isDestroyed(): boolean {
    return this.destroyed
  }
  getNormalBounds(): Record<'x' | 'y' | 'width' | 'height', number> {
    const { x, y, width, height } = this.bounds
    return { x, y, width, height }
  }
  setProgressBar(progress: number): void {
    this.progress = progress
  }
}

export function freshState(): FakeElectronState {
  return {
    hasLock: true,
    isPackaged: true,
    locale: 'en-GB',
    userData: '/user/userData',
    calls: [],
    privileged: [],
    handler: undefined,
    requestPermission: undefined,
    checkPermission: undefined,
    beforeRequest: undefined,
    menu: [],
    boxes: [],
    presses: [],
    openDialogs: [],
    chosen: [],
    displays: [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
    notifications: []
  }
}

export type FakeElectron = ReturnType<typeof createFakeElectron>

/** The module, and `state` beside it; `reset` before each test. */
export function createFakeElectron() {
  const state = freshState()
  const app = Object.assign(new EventEmitter(), {
    get isPackaged() {
      return state.isPackaged
    },
    requestSingleInstanceLock: () => state.hasLock,
    quit: () => state.calls.push('quit'),
    relaunch: () => state.calls.push('relaunch'),
    getPath: (name: string) => (name === 'userData' ? state.userData : `/user/${name}`),
    getLocale: () => state.locale,
    whenReady: async () => {
      state.calls.push('ready')
    }
  })
  // `Object.assign` reads getters once.
  Object.defineProperty(app, 'isPackaged', { get: () => state.isPackaged })
  const windows = createWindowParts(state)
  const ipcMain = new EventEmitter()
  return {
    state,
    app,
    ...windows,
    session: { defaultSession: createSession(state) },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => {
        state.calls.push('privileges')
        state.privileged = schemes
      },
      handle: (scheme: string, handler: FakeElectronState['handler']) => {
        state.calls.push(`handle ${scheme}`)
        state.handler = handler
      }
    },
    ipcMain,
    utilityProcess: {},
    reset() {
      Object.assign(state, freshState())
      FakeWindow.all = []
      app.removeAllListeners()
      ipcMain.removeAllListeners()
    },
    /** Ends the app as the user does; returns when it has put everything on the disk. */
    async end() {
      let hasToWait = false
      const event = {
        preventDefault: () => {
          hasToWait = true
        }
      }
      state.calls = []
      app.emit('will-quit', event)
      while (hasToWait && !state.calls.includes('quit')) await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

function createSession(state: FakeElectronState) {
  return {
    setPermissionRequestHandler: (handler: PermissionRequest) => {
      state.requestPermission = handler
    },
    setPermissionCheckHandler: (handler: NonNullable<FakeElectronState['checkPermission']>) => {
      state.checkPermission = handler
    },
    webRequest: {
      onBeforeRequest: (handler: NonNullable<FakeElectronState['beforeRequest']>) => {
        state.beforeRequest = handler
      }
    }
  }
}

/** Windows and what the user sees beside them. */
function createWindowParts(state: FakeElectronState) {
  class Notification extends EventEmitter implements FakeNotification {
    static isSupported(): boolean {
      return true
    }
    constructor(readonly options: FakeNotification['options']) {
      super()
    }
    show(): void {
      state.notifications.push(this)
    }
  }
  let blockers = 0
  return {
    BrowserWindow: FakeWindow,
    Notification,
    Menu: {
      buildFromTemplate: (template: readonly FakeMenuItem[]) => template,
      setApplicationMenu: (menu: readonly FakeMenuItem[]) => {
        state.menu = menu
      }
    },
    dialog: {
      showErrorBox: (title: string, text: string) => state.calls.push(`${title}: ${text}`),
      showMessageBox: async (...args: readonly unknown[]) => {
        state.boxes.push(args.at(-1) as FakeElectronState['boxes'][number])
        return { response: state.presses.shift() ?? 0 }
      },
      showOpenDialog: async (...args: readonly unknown[]) => {
        state.openDialogs.push(args.at(-1) as Record<string, unknown>)
        const path = state.chosen.shift()
        return { canceled: path === undefined, filePaths: path === undefined ? [] : [path] }
      }
    },
    screen: {
      getPrimaryDisplay: () => state.displays[0],
      getAllDisplays: () => state.displays
    },
    shell: {
      openPath: async (path: string) => {
        state.calls.push(`open ${path}`)
        return ''
      }
    },
    powerSaveBlocker: {
      start: (kind: string) => {
        state.calls.push(`block ${kind}`)
        return ++blockers
      },
      stop: () => state.calls.push('unblock')
    }
  }
}
