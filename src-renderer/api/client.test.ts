import { describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { ServerMessage } from '@contract/wire'
import type { ChannelListener, OpenChannel } from './channel'
import { createApi } from './client'
import { webSocketChannel } from './websocket'

/** A host that a test plays itself: every channel that was opened, in order. */
function playedHost() {
  const channels: { listener: ChannelListener; sent: unknown[]; isClosed: boolean }[] = []
  const open: OpenChannel = async (listener) => {
    const channel = { listener, sent: [] as unknown[], isClosed: false }
    channels.push(channel)
    return {
      send: (message) => channel.sent.push(message),
      close: () => {
        channel.isClosed = true
      }
    }
  }
  return { channels, open }
}

const welcome: ServerMessage = {
  kind: 'welcome',
  protocol: 1,
  session: 's',
  sequence: 3,
  mustReload: false
}
const event = (sequence: number): ServerMessage => ({
  kind: 'event',
  sequence,
  event: { kind: 'job.removed', jobId: String(sequence) }
})

describe('a page that is not wanted', () => {
  it.each([401, 403])('does not try again after status %i, and says why', async (status) => {
    const startSession = vi.fn(async () => status)
    const openSocket = vi.fn()
    const api = createApi(webSocketChannel({ startSession, openSocket }), {
      reconnectDelaysMilliseconds: [0]
    })
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'protocol' })
    expect(api.state).toBe('refused')
    expect(api.failure?.message).toContain('open the one that `lathe serve` printed last')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(startSession).toHaveBeenCalledOnce()
    expect(openSocket).not.toHaveBeenCalled()
  })

  it('is told by the host, and stays away', async () => {
    const { channels, open } = playedHost()
    const api = createApi(open, { reconnectDelaysMilliseconds: [0] })
    await vi.waitFor(() => {
      expect(channels[0]?.sent).toHaveLength(1)
    })
    channels[0]!.listener.onMessage({ kind: 'closed', error: { code: 'protocol', message: 'Too old.' } })
    channels[0]!.listener.onClosed()
    expect([api.state, api.failure?.message, channels[0]!.isClosed]).toEqual(['refused', 'Too old.', true])
    await expect(api.call('jobs.list', {})).rejects.toMatchObject({ message: 'Too old.' })
  })
})

describe('a host that cannot be reached', () => {
  it('is tried again, and what was asked meanwhile is asked then', async () => {
    const { channels, open } = playedHost()
    let attempts = 0
    const api = createApi(
      async (listener) => {
        if (++attempts < 3) throw new WorkbenchError('io', 'Nobody is there.')
        return open(listener)
      },
      { reconnectDelaysMilliseconds: [0, 5] }
    )
    const answer = api.call('jobs.list', {})
    await vi.waitFor(() => {
      expect(channels).toHaveLength(1)
    })
    expect(api.failure?.message).toBe('Nobody is there.')
    const { listener, sent } = channels[0]!
    listener.onMessage(welcome)
    expect(sent).toEqual([
      { kind: 'hello', protocol: 1, resume: null },
      { kind: 'request', id: 1, name: 'jobs.list', params: {} }
    ])
    listener.onMessage({ kind: 'result', id: 1, result: [] })
    expect(await answer).toEqual([])
    expect(api.failure).toBeUndefined()
    api.close()
  })
})

describe('events', () => {
  it('that come twice are heard once, and a break between welcome and replay loses none', async () => {
    const { channels, open } = playedHost()
    const api = createApi(open, { reconnectDelaysMilliseconds: [0] })
    const heard: string[] = []
    api.onEvent((each) => heard.push(each.kind === 'job.removed' ? each.jobId : each.kind))
    const opened = (count: number) =>
      vi.waitFor(() => {
        expect(channels).toHaveLength(count)
        expect(channels[count - 1]!.sent).toHaveLength(1)
      })
    await opened(1)
    channels[0]!.listener.onMessage(welcome)
    for (const sequence of [4, 5, 5, 4]) channels[0]!.listener.onMessage(event(sequence))
    channels[0]!.listener.onClosed()
    await opened(2)
    // Welcomed with 7, but cut off before 6 and 7 were told again.
    channels[1]!.listener.onMessage({ ...welcome, sequence: 7 })
    channels[1]!.listener.onClosed()
    await opened(3)
    expect(channels[2]!.sent[0]).toMatchObject({ resume: { session: 's', sequence: 5 } })
    channels[2]!.listener.onMessage({ ...welcome, sequence: 7 })
    for (const sequence of [6, 7]) channels[2]!.listener.onMessage(event(sequence))
    // What an abandoned channel still says is not heard.
    channels[0]!.listener.onMessage(event(8))
    expect(heard).toEqual(['4', '5', '6', '7'])
    api.close()
    expect(channels[2]!.isClosed).toBe(true)
  })
})
