import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toHostChannel, toPageChannel, versionArgument, type Bridge } from './contract/bridge'
import type { ServerMessage } from './contract/wire'

const exposeInMainWorld = vi.fn<(name: string, bridge: Bridge) => void>()
const sent = vi.fn<(channel: string, message: unknown) => void>()
const ipcRenderer = Object.assign(new EventEmitter(), { send: sent })
const webUtils = { getPathForFile: vi.fn((_file: object) => '/m/model.onnx') }
vi.mock('electron', () => ({ contextBridge: { exposeInMainWorld }, ipcRenderer, webUtils }))

const argv = process.argv

beforeEach(() => {
  exposeInMainWorld.mockClear()
  sent.mockClear()
})
afterEach(() => {
  process.argv = argv
  vi.resetModules()
  ipcRenderer.removeAllListeners()
})

/** Runs the preload script and returns what the page gets. */
async function preload(): Promise<Bridge> {
  await import('./index')
  return exposeInMainWorld.mock.calls[0]![1]
}

function say(message: ServerMessage): void {
  ipcRenderer.emit(toPageChannel, {}, message)
}

describe('the preload script', () => {
  it('exposes version, platform, paths of dropped files, calls and events, and nothing else', async () => {
    process.argv = [...argv, `${versionArgument}1.2.3`]
    await preload()
    expect(exposeInMainWorld.mock.calls).toEqual([
      [
        'lathe',
        {
          version: '1.2.3',
          platform: process.platform,
          pathForFile: expect.any(Function) as unknown,
          call: expect.any(Function) as unknown,
          onEvent: expect.any(Function) as unknown
        }
      ]
    ])
  })

  it('asks Electron for the path of what was dropped', async () => {
    const file = {}
    expect((await preload()).pathForFile(file)).toBe('/m/model.onnx')
    expect(webUtils.getPathForFile.mock.calls).toEqual([[file]])
  })

  it('exposes an empty version when the shell gave none', async () => {
    expect((await preload()).version).toBe('')
  })

  it.each(['jobs.explode', 'constructor', '__proto__', ''])(
    'lets no call "%s" out, which is not in the table',
    async (name) => {
      const bridge = await preload()
      bridge.onEvent(null, () => undefined)
      sent.mockClear()
      expect(await bridge.call(name, {}).outcome).toMatchObject({ error: { code: 'protocol' } })
      expect(sent).not.toHaveBeenCalled()
    }
  )

  it('says hello before anything else, and hands over answers and events without Electron’s own objects', async () => {
    const bridge = await preload()
    expect(await bridge.call('jobs.list', {}).outcome).toMatchObject({ error: { code: 'protocol' } })
    const listener = vi.fn()
    bridge.onEvent({ session: 's', sequence: 3 }, listener)
    const { outcome } = bridge.call('jobs.list', {})
    expect(sent.mock.calls).toEqual([
      [toHostChannel, { kind: 'hello', protocol: 1, resume: { session: 's', sequence: 3 } }],
      [toHostChannel, { kind: 'request', id: 1, name: 'jobs.list', params: {} }]
    ])
    const event = { kind: 'event', sequence: 4, event: { kind: 'job.removed', jobId: 'a' } } as const
    say(event)
    say({ kind: 'result', id: 1, result: [] })
    expect(await outcome).toEqual({ result: [] })
    expect(listener.mock.calls).toEqual([[event]])
  })

  it('ends what is under way when the host ends the connection, and says so', async () => {
    const bridge = await preload()
    const listener = vi.fn()
    bridge.onEvent(null, listener)
    const { outcome } = bridge.call('jobs.list', {})
    const closed = { kind: 'closed', error: { code: 'io', message: 'Lathe is ending.' } } as const
    say(closed)
    expect(await outcome).toEqual({ error: closed.error })
    expect(listener.mock.calls).toEqual([[closed]])
    say({ kind: 'event', sequence: 1, event: { kind: 'job.removed', jobId: 'a' } })
    expect(listener).toHaveBeenCalledOnce()
  })
})
