/** What the shell does for the desktop around its window, on a module that plays Electron. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Job } from '@contract/job'
import { WorkbenchError } from '@contract/errors'
import type { FakeMenuItem } from '../../../tests/helpers/fake-electron'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { viewIds } from '../../../src-renderer/app/view-ids'
import { shell as englishShell } from '../../../src-renderer/text/en/shell'
import { shell as japaneseShell } from '../../../src-renderer/text/ja/shell'
import { createDataShelf } from '../../services/data-shelf'
import { createEventHistory, type EventHistory } from '../../services/event-history'
import type { Workbench } from '../../services/workbench'
import { runElectronHost, type ElectronHostParts } from './run'

const electron = await vi.hoisted(async () =>
  (await import('../../../tests/helpers/fake-electron')).createFakeElectron()
)
vi.mock('electron', () => electron)

const { app, state, BrowserWindow } = electron
const folder = useTemporaryFolder()
const openWorkbench = vi.fn<ElectronHostParts['openWorkbench']>()
let events: EventHistory
/** Addresses of the page that the shell has asked for. */
let places: string[]

beforeEach(() => {
  electron.reset()
  state.userData = folder()
  events = createEventHistory('session')
  places = []
  events.subscribe(({ event }) => {
    if (event.kind === 'place.requested') places.push(event.place)
  })
  openWorkbench.mockReset().mockReturnValue({
    close: async () => undefined,
    events,
    data: createDataShelf()
  } as unknown as Workbench)
})

afterEach(() => electron.end())

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

async function start(argv: readonly string[] = ['/opt/lathe']): Promise<InstanceType<typeof BrowserWindow>> {
  vi.spyOn(process, 'argv', 'get').mockReturnValue([...argv])
  runElectronHost({
    rendererFolder: '/renderer',
    preloadPath: '/preload/index.cjs',
    engineEntry: '/main/engine.js',
    engineOptions: { env: {}, execArgv: [] },
    resourcesFolder: '/resources',
    openWorkbench
  })
  await settle()
  return BrowserWindow.all[0]!
}

const remember = (content: unknown) => {
  mkdirSync(folder(), { recursive: true })
  writeFileSync(join(folder(), 'shell.json'), JSON.stringify(content))
}
const remembered = () =>
  JSON.parse(readFileSync(join(folder(), 'shell.json'), 'utf8')) as Record<string, unknown>

function menuItem(...path: readonly string[]): FakeMenuItem {
  let items: readonly FakeMenuItem[] = state.menu
  let found: FakeMenuItem | undefined
  for (const label of path) {
    found = items.find((item) => item.label === label)
    expect(found, `menu item ${label}`).toBeDefined()
    items = found!.submenu ?? []
  }
  return found!
}

const running: Job = {
  jobId: 'a',
  kind: 'study',
  name: 'night study',
  state: 'running',
  stopping: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  error: null,
  failedTrials: null,
  studyId: null,
  trainingId: null,
  progress: null
}
const publish = (change: Partial<Job>) => {
  events.publish({ kind: 'job.changed', job: { ...running, ...change } })
}

describe('the window', () => {
  it('opens where it was, maximized if it was', async () => {
    const bounds = { x: 40, y: 50, width: 900, height: 700 }
    remember({ bounds, isMaximized: true, workspaces: [] })
    const window = await start()
    expect(window.options).toMatchObject(bounds)
    window.emit('ready-to-show')
    expect(window.maximized).toBe(true)
  })

  it('opens on a screen that is there when its own is gone', async () => {
    remember({ bounds: { x: 5000, y: 0, width: 900, height: 700 }, isMaximized: false, workspaces: [] })
    const { options } = await start()
    expect(options).toMatchObject({ width: 900, height: 700 })
    expect(options).not.toHaveProperty('x')
  })

  it('is remembered when it is closed', async () => {
    const window = await start()
    window.bounds = { x: 1, y: 2, width: 800, height: 600 }
    window.emit('close')
    await vi.waitFor(() => {
      expect(remembered()).toMatchObject({ bounds: window.bounds, isMaximized: false })
    })
  })

  it('is loaded again when its process has died and the user wants it', async () => {
    const window = await start()
    window.webContents.emit('render-process-gone', {}, { reason: 'oom' })
    await settle()
    expect(state.boxes[0]?.message).toContain('ended unexpectedly')
    expect(window.reloads).toBe(1)
    state.presses = [1]
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await settle()
    expect([window.reloads, state.calls.at(-1)]).toEqual([1, 'quit'])
  })
})

describe('workspaces', () => {
  it('are opened as the last time', async () => {
    remember({ workspaces: ['/data/work', '/data/old'] })
    await start()
    expect(openWorkbench.mock.calls[0]?.[1].workspaceFolder).toBe('/data/work')
    expect(menuItem('File', 'Recent Workspaces').submenu?.map(({ label }) => label)).toEqual(['/data/old'])
  })

  it('that cannot be opened give way to the app’s own', async () => {
    remember({ workspaces: ['/data/gone'] })
    openWorkbench.mockImplementationOnce(() => {
      throw new WorkbenchError('io', 'The disk is gone.')
    })
    await start()
    expect(openWorkbench.mock.calls.map(([, { workspaceFolder }]) => workspaceFolder)).toEqual([
      '/data/gone',
      join(folder(), 'workspace')
    ])
    expect(state.calls.join()).toContain('cannot open the workspace /data/gone: The disk is gone.')
    expect(BrowserWindow.all).toHaveLength(1)
  })

  it('are changed by starting anew, after asking when a job runs', async () => {
    remember({ workspaces: ['/data/work', '/data/old'] })
    await start()
    publish({})
    state.presses = [1]
    menuItem('File', 'Recent Workspaces', '/data/old').click!()
    await settle()
    expect(state.boxes[0]?.message).toBe('A job is running.')
    expect(state.calls).not.toContain('relaunch')
    state.presses = [0]
    menuItem('File', 'Recent Workspaces', '/data/old').click!()
    await vi.waitFor(() => {
      expect(state.calls.slice(-2)).toEqual(['relaunch', 'quit'])
    })
    expect(remembered()).toMatchObject({ workspaces: ['/data/old', '/data/work'] })
  })

  it('can be chosen from the disk', async () => {
    await start()
    state.chosen = ['/data/new']
    menuItem('File', 'Open Workspace…').click!()
    await vi.waitFor(() => {
      expect(state.calls).toContain('relaunch')
    })
    expect(state.openDialogs[0]).toMatchObject({ properties: ['openDirectory'] })
    expect(remembered()).toMatchObject({ workspaces: ['/data/new', join(folder(), 'workspace')] })
  })
})

describe('what is opened from outside', () => {
  it('is shown by the first window', async () => {
    const window = await start(['/opt/lathe', '/m/model.onnx'])
    expect(window.loaded).toBe('app://lathe/#/library?open=%2Fm%2Fmodel.onnx')
  })

  it('is shown by the window that is there', async () => {
    const window = await start()
    app.emit('second-instance', {}, ['/opt/lathe', 'study.json'], '/m')
    expect(places).toEqual(['#/study?open=%2Fm%2Fstudy.json'])
    expect(window.focused).toBe(true)
    const event = { preventDefault: vi.fn() }
    app.emit('open-file', event, '/m/model.onnx')
    expect(places.at(-1)).toBe('#/library?open=%2Fm%2Fmodel.onnx')
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })

  it('waits for the window when macOS hands it over before the app is ready', async () => {
    const started = start()
    app.emit('open-file', { preventDefault: () => undefined }, '/m/early.onnx')
    expect((await started).loaded).toBe('app://lathe/#/library?open=%2Fm%2Fearly.onnx')
  })
})

describe('the menu', () => {
  it('leads to every view by the name that the page gives it', async () => {
    await start()
    for (const [index, id] of viewIds.entries()) {
      const item = menuItem('Go', englishShell.views[id])
      expect(item.accelerator).toBe(`CmdOrCtrl+${index + 1}`)
      item.click!()
      expect(places.at(-1)).toBe(`#/${id}`)
    }
  })

  it('speaks Japanese where the system does', async () => {
    state.locale = 'ja'
    await start()
    expect(menuItem('移動').submenu?.map(({ label }) => label)).toEqual(
      viewIds.map((id) => japaneseShell.views[id])
    )
  })

  it('opens models, folders and recipes in the page, and nothing when the user thinks better of it', async () => {
    await start()
    state.chosen = ['/m/model.onnx']
    menuItem('File', 'Open Model or Speech…').click!()
    await settle()
    state.chosen = ['/m/recipe.json']
    menuItem('File', 'Open Recipe…').click!()
    await settle()
    menuItem('File', 'Open Folder…').click!()
    await settle()
    expect(places).toEqual(['#/library?open=%2Fm%2Fmodel.onnx', '#/study?open=%2Fm%2Frecipe.json'])
    expect(state.openDialogs.map(({ properties, filters }) => [properties, filters])).toEqual([
      [['openFile'], undefined],
      [['openFile'], [{ name: '.json', extensions: ['json'] }]],
      [['openDirectory'], undefined]
    ])
  })

  it('has no link to the web, but the folders of licences and recipes', async () => {
    await start()
    menuItem('Help', 'Licences').click!()
    expect(state.calls.at(-1)).toBe(`open ${join('/resources', 'licences')}`)
    expect(menuItem('Help').submenu?.map(({ label }) => label)).toEqual([
      'Example Recipes',
      'Licences',
      'About Lathe'
    ])
  })
})

describe('jobs', () => {
  it('show their progress and keep the computer awake', async () => {
    const window = await start()
    publish({})
    expect([window.progress, state.calls.at(-1)]).toEqual([2, 'block prevent-app-suspension'])
    publish({
      progress: {
        stage: 'evaluate',
        done: 0,
        total: 1,
        trialsEnded: 3,
        trialsTotal: 12,
        stageRemainingSeconds: null,
        remainingSeconds: null
      } as unknown as Job['progress']
    })
    expect(window.progress).toBe(0.25)
    publish({ state: 'paused' })
    expect([window.progress, state.calls.at(-1)]).toEqual([-1, 'unblock'])
    expect(state.calls.filter((call) => call.startsWith('block'))).toHaveLength(1)
  })

  it('that took long and ended unseen are announced, and a click shows them', async () => {
    const window = await start()
    publish({})
    publish({ state: 'completed', finishedAt: '2026-01-01T00:10:00.000Z' })
    expect(state.notifications.map(({ options }) => options)).toEqual([
      { title: '“night study” is finished', body: 'It took 10 minutes.' }
    ])
    state.notifications[0]!.emit('click')
    expect([places, window.focused]).toEqual([['#/jobs'], true])
  })

  it('of which trials failed are not announced as if all were well', async () => {
    await start()
    publish({})
    const failedTrials = { count: 2, first: [] }
    publish({ state: 'completed', finishedAt: '2026-01-01T00:10:00.000Z', failedTrials })
    expect(state.notifications[0]!.options.body).toBe('2 of its trials have no result. It took 10 minutes.')
  })

  it.each([
    ['ended at once', { state: 'completed', finishedAt: '2026-01-01T00:00:10.000Z' }, false],
    [
      'ended before the eyes of the user',
      { state: 'completed', finishedAt: '2026-01-01T01:00:00.000Z' },
      true
    ],
    ['was cancelled by the user', { state: 'cancelled', finishedAt: '2026-01-01T01:00:00.000Z' }, false]
  ] as const)('that %s is not announced', async (_, change, isFocused) => {
    const window = await start()
    window.focused = isFocused
    publish({})
    publish(change)
    expect(state.notifications).toEqual([])
  })

  it('whose engine has died are named with the next step, once at a time', async () => {
    await start()
    const gone = (details: object) => app.emit('child-process-gone', {}, { type: 'Utility', ...details })
    gone({ name: 'Lathe engine', reason: 'killed' })
    gone({ name: 'Audio Service', reason: 'crashed' })
    expect(state.boxes).toEqual([])
    gone({ name: 'Lathe engine', reason: 'oom' })
    gone({ name: 'Lathe engine', reason: 'oom' })
    await settle()
    expect(state.boxes).toHaveLength(1)
    expect(places).toEqual(['#/jobs'])
  })
})

describe('the dialog of the system', () => {
  const ask = (accept: 'file' | 'folder' | 'either') =>
    openWorkbench.mock.calls[0]![1].choosePath({
      title: 'Choose',
      accept,
      extensions: ['.tar.gz'],
      start: '/m'
    })

  it('answers with what was chosen, and null when it was closed', async () => {
    await start()
    state.chosen = ['/m/a']
    expect(await ask('file')).toEqual({ path: '/m/a' })
    expect(await ask('file')).toEqual({ path: null })
    expect(state.openDialogs[0]).toMatchObject({ title: 'Choose', defaultPath: '/m' })
  })

  it.skipIf(process.platform === 'darwin')(
    'asks first which of the two it is, where it can only do one',
    async () => {
      await start()
      state.chosen = ['/m/folder', '/m/file']
      state.presses = [0, 1, 2]
      expect([await ask('either'), await ask('either'), await ask('either')]).toEqual([
        { path: '/m/folder' },
        { path: '/m/file' },
        { path: null }
      ])
      expect(state.openDialogs.map(({ properties }) => properties)).toEqual([['openDirectory'], ['openFile']])
    }
  )
})
