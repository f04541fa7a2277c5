import { EventEmitter } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { latheVersion } from '../../base/lathe-version'
import { createDataShelf } from '../../services/data-shelf'
import type { Workbench } from '../../services/workbench'
import { WorkbenchError } from '@contract/errors'
import { runElectronHost, type ElectronHostParts } from './run'

/** As much of Electron as the host touches; what the host registers can be called back from a test. */
const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  const state = {
    hasLock: true,
    calls: [] as string[],
    privileged: [] as unknown[],
    handler: undefined as ((request: Request) => Promise<Response>) | undefined,
    requestPermission: undefined as
      ((contents: unknown, permission: string, decide: (granted: boolean) => void) => void) | undefined,
    checkPermission: undefined as (() => boolean) | undefined,
    beforeRequest: undefined as
      ((details: { url: string }, decide: (answer: { cancel: boolean }) => void) => void) | undefined,
    menuRoles: [] as string[]
  }
  class FakeWindow extends Emitter {
    static all: FakeWindow[] = []
    loaded = ''
    shown = false
    focused = false
    minimized = false
    constructor(readonly options: { webPreferences: Record<string, unknown>; show: boolean }) {
      super()
      FakeWindow.all.push(this)
    }
    static getAllWindows() {
      return FakeWindow.all
    }
    async loadURL(url: string) {
      this.loaded = url
    }
    show() {
      this.shown = true
    }
    focus() {
      this.focused = true
    }
    restore() {
      this.minimized = false
    }
    isMinimized() {
      return this.minimized
    }
  }
  const app = Object.assign(new Emitter(), {
    requestSingleInstanceLock: () => state.hasLock,
    quit: () => state.calls.push('quit'),
    getPath: (name: string) => `/user/${name}`,
    whenReady: async () => {
      state.calls.push('ready')
    }
  })
  const defaultSession = {
    setPermissionRequestHandler: (handler: typeof state.requestPermission) => {
      state.requestPermission = handler
    },
    setPermissionCheckHandler: (handler: typeof state.checkPermission) => {
      state.checkPermission = handler
    },
    webRequest: {
      onBeforeRequest: (handler: typeof state.beforeRequest) => {
        state.beforeRequest = handler
      }
    }
  }
  const protocol = {
    registerSchemesAsPrivileged: (schemes: unknown[]) => {
      state.calls.push('privileges')
      state.privileged = schemes
    },
    handle: (scheme: string, handler: typeof state.handler) => {
      state.calls.push(`handle ${scheme}`)
      state.handler = handler
    }
  }
  const dialog = { showErrorBox: (title: string, text: string) => state.calls.push(`${title}: ${text}`) }
  const ipcMain = new Emitter()
  const utilityProcess = {}
  const Menu = {
    buildFromTemplate: (template: { role: string }[]) => template.map(({ role }) => role),
    setApplicationMenu: (roles: string[]) => {
      state.menuRoles = roles
    }
  }
  return {
    state,
    FakeWindow,
    app,
    session: { defaultSession },
    protocol,
    Menu,
    dialog,
    ipcMain,
    utilityProcess
  }
})
vi.mock('electron', () => ({ ...electron, BrowserWindow: electron.FakeWindow }))

const { app, state, FakeWindow } = electron
const folder = useTemporaryFolder()

/** The parts of the workbench that the shell touches before a page asks for anything. */
const close = vi.fn(async () => undefined)
const openWorkbench = vi.fn<ElectronHostParts['openWorkbench']>()

async function start(): Promise<void> {
  mkdirSync(join(folder(), 'renderer'))
  writeFileSync(join(folder(), 'renderer', 'index.html'), 'page')
  writeFileSync(join(folder(), 'secret.js'), 'secret')
  runElectronHost({
    rendererFolder: join(folder(), 'renderer'),
    preloadPath: '/preload/index.cjs',
    engineEntry: '/main/engine.js',
    openWorkbench
  })
  // Lets what waits for `whenReady` run.
  await new Promise((resolve) => setImmediate(resolve))
}

/** The handler's answer to a URL as Chromium would hand it over, without normalising it first. */
async function get(url: string, method = 'GET'): Promise<Response> {
  return state.handler!({ url, method } as Request)
}

beforeEach(() => {
  app.removeAllListeners()
  FakeWindow.all = []
  close.mockClear()
  openWorkbench.mockReset().mockReturnValue({
    close,
    data: createDataShelf(),
    readRecording: async () => {
      throw new WorkbenchError('not-found', 'There is no such recording.')
    }
  } as unknown as Workbench)
  Object.assign(state, { hasLock: true, calls: [], privileged: [], handler: undefined })
})

describe('starting', () => {
  it('registers the scheme before the app is ready, and serves it before a window asks', async () => {
    await start()
    expect(state.calls).toEqual(['privileges', 'ready', 'handle app'])
    expect(state.privileged).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }
    ])
  })

  it('opens one isolated, sandboxed window on the page and shows it when it is drawn', async () => {
    await start()
    expect(FakeWindow.all).toHaveLength(1)
    const [window] = FakeWindow.all
    expect(window!.loaded).toBe('app://lathe/')
    expect(window!.options.webPreferences).toMatchObject({
      preload: '/preload/index.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      additionalArguments: [`--lathe-version=${latheVersion}`]
    })
    expect([window!.options.show, window!.shown]).toEqual([false, false])
    window!.emit('ready-to-show')
    expect(window!.shown).toBe(true)
  })

  it('has no help menu, whose links lead to the web', async () => {
    await start()
    expect(state.menuRoles).toContain('viewMenu')
    expect(state.menuRoles).not.toContain('help')
  })

  it('ends at once when another instance runs', async () => {
    state.hasLock = false
    await start()
    expect(state.calls).toEqual(['quit'])
    expect(FakeWindow.all).toHaveLength(0)
  })

  it('opens the workbench in the user’s folder for the app, and begins choosing files at home', async () => {
    await start()
    expect(openWorkbench.mock.calls[0]?.[1]).toEqual({
      workspaceFolder: join('/user/userData', 'workspace'),
      roots: ['/user/home']
    })
  })

  it('says why when the workbench cannot be opened, and ends', async () => {
    openWorkbench.mockImplementation(() => {
      throw new WorkbenchError('conflict', 'Another Lathe has it.')
    })
    await start()
    expect(state.calls).toEqual(['privileges', 'ready', 'Lathe cannot start: Another Lathe has it.', 'quit'])
    expect(FakeWindow.all).toHaveLength(0)
  })

  it('closes the workbench before it ends, once', async () => {
    await start()
    const event = { preventDefault: vi.fn() }
    app.emit('will-quit', event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
    await vi.waitFor(() => {
      expect(state.calls.at(-1)).toBe('quit')
    })
    app.emit('will-quit', event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
    expect(close).toHaveBeenCalledOnce()
  })

  it('brings its window to the front when it is started again', async () => {
    await start()
    FakeWindow.all[0]!.minimized = true
    app.emit('second-instance')
    expect(FakeWindow.all[0]).toMatchObject({ minimized: false, focused: true })
    expect(FakeWindow.all).toHaveLength(1)
  })
})

describe('app://lathe/', () => {
  it('answers with the page and the policy', async () => {
    await start()
    const response = await get('app://lathe/')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('page')
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(response.headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'"
    )
  })

  it.each([
    ['app://lathe/absent.js', 'GET', 404],
    ['app://lathe/../secret.js', 'GET', 404],
    ['app://lathe/%2e%2e/secret.js', 'GET', 404],
    ['app://lathe/..%2fsecret.js', 'GET', 404],
    ['app://lathe/..\\secret.js', 'GET', 404],
    ['app://lathe/..%5csecret.js', 'GET', 404],
    ['app://lathe//etc/hosts.js', 'GET', 404],
    ['app://elsewhere/index.html', 'GET', 404],
    ['app://lathe/audio?path=%2Fhome%2Fsecret.txt', 'GET', 404],
    ['app://lathe/data/unknown', 'GET', 404],
    ['app://lathe/index.html', 'POST', 405]
  ])(
    'refuses %s (%s) with %i, under the same policy and without a path of this computer',
    async (url, method, status) => {
      await start()
      const response = await get(url, method)
      expect(response.status).toBe(status)
      expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
      const text = await response.text()
      expect(text).not.toContain('secret')
      expect(text).not.toContain(folder())
    }
  )
})

describe('what pages never need is refused', () => {
  it('permissions, asked for and checked', async () => {
    await start()
    const decide = vi.fn()
    state.requestPermission!(undefined, 'media', decide)
    expect(decide.mock.calls).toEqual([[false]])
    expect(state.checkPermission!()).toBe(false)
  })

  it.each([
    ['https://example.com/', true],
    ['http://127.0.0.1:8080/', true],
    ['wss://example.com/', true],
    ['file:///etc/hosts', true],
    ['app://lathe/index.html', false],
    ['blob:app://lathe/1', false],
    ['data:image/png;base64,AA==', false],
    ['devtools://devtools/bundled/index.html', false]
  ])('a request to %s: cancelled %s', async (url, cancel) => {
    await start()
    const decide = vi.fn()
    state.beforeRequest!({ url }, decide)
    expect(decide.mock.calls).toEqual([[{ cancel }]])
  })

  it.each(['will-navigate', 'will-redirect', 'will-attach-webview'])('%s', async (name) => {
    await start()
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: () => undefined })
    app.emit('web-contents-created', {}, contents)
    const event = { preventDefault: vi.fn() }
    contents.emit(name, event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })

  it('new windows', async () => {
    await start()
    const setWindowOpenHandler = vi.fn<(handler: () => unknown) => void>()
    app.emit('web-contents-created', {}, Object.assign(new EventEmitter(), { setWindowOpenHandler }))
    expect(setWindowOpenHandler.mock.calls[0]![0]()).toEqual({ action: 'deny' })
  })
})
