import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toHostChannel, toPageChannel, type Bridge } from '@contract/bridge'
import type { ServerMessage } from '@contract/wire'
import { describeTransport } from '../../../tests/contract/transport-contract'
import { FakeRenderer, type FakeFrame } from '../../../tests/helpers/fake-ipc'
import { openFakeWorkbench, settle, type FakeWorkbench } from '../../../tests/helpers/fake-workbench'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { ipcChannel } from '../../../src-renderer/api/ipc'
import { serveIpc } from './ipc'

const ipcMain = await vi.hoisted(async () => new (await import('node:events')).EventEmitter())
vi.mock('electron', () => ({ ipcMain, protocol: {} }))

/** Runs the preload script for one more page, and returns what it exposes. */
async function preload(renderer: FakeRenderer): Promise<Bridge> {
  let exposed: Bridge | undefined
  vi.resetModules()
  vi.doMock('electron', () => ({
    ipcRenderer: renderer,
    contextBridge: {
      exposeInMainWorld: (_: string, bridge: Bridge) => {
        exposed = bridge
      }
    }
  }))
  await import('../../../src-preload/index')
  if (exposed === undefined) throw new Error('The preload script exposed nothing.')
  return exposed
}

describeTransport('Electron IPC', async (workbench) => {
  let stop = serveIpc(workbench)
  return {
    newPage: async () => ipcChannel(await preload(new FakeRenderer(ipcMain))),
    interrupt() {
      stop()
      stop = serveIpc(workbench)
    },
    async close() {
      stop()
    }
  }
})

describe('the main process', () => {
  const folder = useTemporaryFolder()
  let fake: FakeWorkbench
  let stop: () => void
  let renderer: FakeRenderer
  let told: ServerMessage[]

  beforeEach(() => {
    fake = openFakeWorkbench(folder())
    stop = serveIpc(fake.workbench)
    renderer = new FakeRenderer(ipcMain)
    told = []
    renderer.on(toPageChannel, (_event, message: ServerMessage) => told.push(message))
  })
  afterEach(async () => {
    stop()
    await fake.workbench.close()
  })

  async function say(...messages: readonly unknown[]): Promise<void> {
    for (const message of messages) renderer.send(toHostChannel, message)
    await settle()
  }

  const hello = { kind: 'hello', protocol: 1, resume: null }
  const list = { kind: 'request', id: 1, name: 'jobs.list', params: {} }

  it('answers the main frame of a page of Lathe', async () => {
    await say(hello, list)
    expect(told).toMatchObject([{ kind: 'welcome' }, { kind: 'result', id: 1, result: [] }])
  })

  it.each<[string, FakeFrame | null]>([
    ['of another site', { origin: 'https://example.com', parent: null }],
    ['of a file', { origin: 'file://', parent: null }],
    ['of another host of the scheme', { origin: 'app://elsewhere', parent: null }],
    ['without an origin', { origin: 'null', parent: null }],
    ['inside a page', { origin: 'app://lathe', parent: {} }],
    ['that is gone', null]
  ])('does not hear a frame %s', async (_, frame) => {
    renderer.frame = frame
    await say(hello, list)
    expect(told).toEqual([])
  })

  it('does not hear a frame that has left Lathe since it said hello', async () => {
    await say(hello)
    renderer.frame = { origin: 'https://example.com', parent: null }
    await say(list)
    expect(told).toMatchObject([{ kind: 'welcome' }])
  })

  it.each<[string, unknown]>([
    ['no object', 'jobs.list'],
    ['an unknown kind', { kind: 'eval', code: '1' }],
    ['a member too many', { ...list, isAdmin: true }]
  ])('leaves a page that says %s, and greets it anew when it says hello', async (_, message) => {
    await say(hello, message, list)
    expect(told).toMatchObject([{ kind: 'welcome' }, { kind: 'closed', error: { code: 'protocol' } }])
    await say(hello, list)
    expect(told.slice(2)).toMatchObject([{ kind: 'welcome' }, { kind: 'result', result: [] }])
  })

  it('forgets what a page asked that was loaded again or is gone', async () => {
    const describe = (id: number) => ({
      kind: 'request',
      id,
      name: 'model.describe',
      params: { modelPath: fake.root }
    })
    await say(hello, describe(1), hello, describe(1))
    expect(fake.describing.map(({ options }) => options.signal?.aborted)).toEqual([true, false])
    renderer.contents.destroy()
    expect(fake.describing[1]?.options.signal?.aborted).toBe(true)
    fake.workbench.events.publish({ kind: 'job.removed', jobId: 'a' })
    await settle()
    expect(told.map(({ kind }) => kind)).toEqual(['welcome', 'welcome'])
    expect(renderer.contents.listenerCount('destroyed')).toBe(0)
  })
})
