import { EventEmitter } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { latheVersion } from '../../base/lathe-version'
import { createDataShelf } from '../../services/data-shelf'
import { createEventHistory } from '../../services/event-history'
import type { Workbench } from '../../services/workbench'
import { WorkbenchError } from '@contract/errors'
import { runElectronHost, type ElectronHostParts } from './run'

const electron = await vi.hoisted(async () =>
  (await import('../../../tests/helpers/fake-electron')).createFakeElectron()
)
vi.mock('electron', () => electron)

const { app, state, BrowserWindow: FakeWindow } = electron
const folder = useTemporaryFolder()

/** The parts of the workbench that the shell touches before a page asks for anything. */
const close = vi.fn(async () => undefined)
const openWorkbench = vi.fn<ElectronHostParts['openWorkbench']>()

async function start(): Promise<void> {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['/opt/lathe'])
  mkdirSync(join(folder(), 'renderer'))
  writeFileSync(join(folder(), 'renderer', 'index.html'), 'page')
  writeFileSync(join(folder(), 'secret.js'), 'secret')
  runElectronHost({
    rendererFolder: join(folder(), 'renderer'),
    preloadPath: '/preload/index.cjs',
    engineEntry: '/main/engine.js',
    engineOptions: { env: {}, execArgv: [] },
    resourcesFolder: '/resources',
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
  electron.reset()
  state.userData = join(folder(), 'userData')
  close.mockClear()
  openWorkbench.mockReset().mockReturnValue({
    close,
    events: createEventHistory('session'),
    data: createDataShelf(),
    readRecording: async () => {
      throw new WorkbenchError('not-found', 'There is no such recording.')
    }
  } as unknown as Workbench)
})

afterEach(() => electron.end())

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

  it('ends at once when another instance runs', async () => {
    state.hasLock = false
    await start()
    expect(state.calls).toEqual(['quit'])
    expect(FakeWindow.all).toHaveLength(0)
  })

  it('opens the workbench in the user’s folder for the app, and begins choosing files at home', async () => {
    await start()
    expect(openWorkbench.mock.calls[0]?.[1]).toMatchObject({
      workspaceFolder: join(state.userData, 'workspace'),
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
    app.emit('second-instance', {}, ['/opt/lathe'], '/')
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
  it('permissions, but for the microphone on the page itself', async () => {
    await start()
    const page = 'app://lathe/index.html'
    const isGranted = (permission: string, details: unknown) => {
      const decide = vi.fn()
      state.requestPermission!(undefined, permission, decide, details)
      expect(decide).toHaveBeenCalledTimes(1)
      return decide.mock.calls[0]![0] as boolean
    }
    expect(isGranted('media', { requestingUrl: page, mediaTypes: ['audio'] })).toBe(true)
    expect(isGranted('media', { requestingUrl: page, mediaTypes: ['video'] })).toBe(false)
    expect(isGranted('media', { requestingUrl: page, mediaTypes: ['audio', 'video'] })).toBe(false)
    // Electron leaves the types out where the page wants the screen.
    expect(isGranted('media', { requestingUrl: page, mediaTypes: [] })).toBe(false)
    expect(isGranted('media', { requestingUrl: 'app://lathe.org/', mediaTypes: ['audio'] })).toBe(false)
    expect(isGranted('media', undefined)).toBe(false)
    expect(isGranted('geolocation', { requestingUrl: page, mediaTypes: ['audio'] })).toBe(false)
    expect(isGranted('notifications', { requestingUrl: page })).toBe(false)
  })

  it('checks of permissions in the same way', async () => {
    await start()
    const check = (permission: string, origin: string, mediaType: string) =>
      state.checkPermission!(undefined, permission, origin, { mediaType })
    expect(check('media', 'app://lathe', 'audio')).toBe(true)
    expect(check('media', 'app://lathe', 'video')).toBe(false)
    expect(check('media', 'https://example.com', 'audio')).toBe(false)
    expect(check('geolocation', 'app://lathe', 'audio')).toBe(false)
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
