/**
 * What every transport between a page and its host must do, whatever it is made of. Run over each of them with the real
 * client at one end and a real workbench at the other.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallName, CallParams } from '@contract/calls'
import { WorkbenchError } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import type { ModelDescription } from '@contract/model'
import type { Workbench } from '../../src-main/services/workbench'
import type { OpenChannel } from '../../src-renderer/api/channel'
import { createApi, type Api } from '../../src-renderer/api/client'
import { openFakeWorkbench, type FakeWorkbench } from '../helpers/fake-workbench'
import { useTemporaryFolder } from '../helpers/temporary-folder'

/** One transport, ready to connect pages to a workbench. */
export interface TransportHarness {
  /** The transport of one more page. */
  newPage(): Promise<OpenChannel>
  /** Breaks all connections from the host's side; pages may connect again at once. */
  interrupt(): void
  close(): Promise<void>
}

/** Events that the host keeps, so that a test can miss more of them. */
const historyLength = 8

export function describeTransport(
  name: string,
  createHarness: (workbench: Workbench) => Promise<TransportHarness>
): void {
  describe(name, () => {
    const folder = useTemporaryFolder()
    let fake: FakeWorkbench
    let harness: TransportHarness
    let apis: Api[]

    beforeEach(async () => {
      fake = openFakeWorkbench(folder(), { historyLength })
      harness = await createHarness(fake.workbench)
      apis = []
    })
    afterEach(async () => {
      for (const api of apis) api.close()
      await harness.close()
      await fake.workbench.close()
    })

    /** A page that is connected, and the events that it has been told. */
    async function openPage(): Promise<{ api: Api; told: string[] }> {
      const api = createApi(await harness.newPage(), { reconnectDelaysMilliseconds: [5] })
      apis.push(api)
      const told: string[] = []
      api.onEvent((event) => told.push(nameOf(event)))
      await connected(api)
      return { api, told }
    }

    function publish(...names: readonly string[]): void {
      for (const jobId of names) fake.workbench.events.publish({ kind: 'job.removed', jobId })
    }

    /** A call that reached the host and waits there. */
    async function callThatWaits(api: Api, model: string, signal?: AbortSignal) {
      mkdirSync(join(fake.root, model))
      const before = fake.describing.length
      const answer = api.call(
        'model.describe',
        { modelPath: join(fake.root, model) },
        signal === undefined ? {} : { signal }
      )
      // What it ends in is looked at later.
      answer.catch(() => undefined)
      await vi.waitFor(() => {
        expect(fake.describing.length).toBe(before + 1)
      })
      return { answer, waiting: fake.describing[before]! }
    }

    describe('calls', () => {
      it('are answered with what the host says', async () => {
        const { api } = await openPage()
        expect(await api.call('app.describe', {})).toMatchObject({
          host: 'web',
          workspaceFolder: join(folder(), 'workspace'),
          roots: [fake.root]
        })
        expect(await api.call('jobs.list', {})).toEqual([])
      })

      it('get their own answers, in whatever order these come', async () => {
        const { api } = await openPage()
        const first = await callThatWaits(api, 'first')
        const second = await callThatWaits(api, 'second')
        second.waiting.resolve({ path: 'second' } as ModelDescription)
        expect(await second.answer).toEqual({ path: 'second' })
        first.waiting.resolve({ path: 'first' } as ModelDescription)
        expect(await first.answer).toEqual({ path: 'first' })
      })

      it('end in the host’s error with code, message, details and cause', async () => {
        const { api } = await openPage()
        const { answer, waiting } = await callThatWaits(api, 'model')
        const cause = new WorkbenchError('io', 'It was cut.')
        waiting.reject(
          new WorkbenchError('unsupported-model', 'It is odd.', { details: { opset: 3 }, cause })
        )
        const error: unknown = await answer.catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(WorkbenchError)
        expect(error).toMatchObject({
          code: 'unsupported-model',
          message: 'It is odd.',
          details: { opset: 3 },
          cause: { code: 'io', message: 'It was cut.' }
        })
      })

      it.each<[string, string, unknown, string]>([
        ['an unknown name', 'jobs.explode', {}, 'protocol'],
        ['a name that every object has', 'constructor', {}, 'protocol'],
        ['the name of the prototype', '__proto__', {}, 'protocol'],
        ['no parameters', 'jobs.cancel', undefined, 'invalid-input'],
        ['a parameter of another type', 'jobs.cancel', { jobId: 7 }, 'invalid-input'],
        ['a parameter too many', 'jobs.list', { all: true }, 'invalid-input'],
        ['a list', 'jobs.list', [], 'invalid-input'],
        ['a prototype', 'jobs.list', JSON.parse('{"__proto__":{"isAdmin":true}}'), 'invalid-input'],
        ['a constructor', 'jobs.list', { constructor: { prototype: { isAdmin: true } } }, 'invalid-input']
      ])('with %s are refused, and the next one is answered', async (_, call, params, code) => {
        const { api } = await openPage()
        await expect(api.call(call as CallName, params as CallParams<CallName>)).rejects.toMatchObject({
          code
        })
        expect(await api.call('jobs.list', {})).toEqual([])
        expect({}).not.toHaveProperty('isAdmin')
      })

      it('that are taken back end at once, and the host stops working on them', async () => {
        const { api } = await openPage()
        const stop = new AbortController()
        const { answer, waiting } = await callThatWaits(api, 'model', stop.signal)
        stop.abort()
        await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
        await vi.waitFor(() => {
          expect(waiting.options.signal?.aborted).toBe(true)
        })
        waiting.resolve({ path: 'late' } as ModelDescription)
        expect(await api.call('jobs.list', {})).toEqual([])
      })

      it('that are taken back before they are made never reach the host', async () => {
        const { api } = await openPage()
        const answer = api.call('model.describe', { modelPath: fake.root }, { signal: AbortSignal.abort() })
        await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
        await api.call('jobs.list', {})
        expect(fake.describing).toHaveLength(0)
      })
    })

    describe('events', () => {
      it('reach every page once and in order', async () => {
        const [one, other] = [await openPage(), await openPage()]
        publish('a', 'b', 'c')
        await vi.waitFor(() => {
          expect(one.told).toEqual(['a', 'b', 'c'])
          expect(other.told).toEqual(['a', 'b', 'c'])
        })
      })

      it('of the time before a page came are not told to it', async () => {
        publish('old')
        const { told } = await openPage()
        publish('new')
        await vi.waitFor(() => {
          expect(told).toEqual(['new'])
        })
      })

      it('that a broken connection missed are told when it is back, each once', async () => {
        const { api, told } = await openPage()
        const reloaded = vi.fn()
        api.onReload(reloaded)
        publish('a')
        await vi.waitFor(() => {
          expect(told).toEqual(['a'])
        })
        for (const missed of [['b', 'c'], [], ['d']]) {
          harness.interrupt()
          publish(...missed)
          await reconnected(api)
        }
        publish('e')
        await vi.waitFor(() => {
          expect(told).toEqual(['a', 'b', 'c', 'd', 'e'])
        })
        expect(reloaded).not.toHaveBeenCalled()
      })

      it('that are more than the host keeps make the page load everything again', async () => {
        const { api, told } = await openPage()
        const reloaded = vi.fn()
        api.onReload(reloaded)
        harness.interrupt()
        publish(...Array.from({ length: historyLength + 1 }, (_, index) => `missed ${index}`))
        await reconnected(api)
        publish('after')
        await vi.waitFor(() => {
          expect(told).toEqual(['after'])
        })
        expect(reloaded).toHaveBeenCalledOnce()
      })
    })

    describe('a broken connection', () => {
      it('ends calls under way, whose fate nobody knows, and carries those that are made meanwhile', async () => {
        const { api } = await openPage()
        const { answer, waiting } = await callThatWaits(api, 'model')
        harness.interrupt()
        await expect(answer).rejects.toMatchObject({ code: 'io' })
        expect(api.state).toBe('connecting')
        expect(await api.call('jobs.list', {})).toEqual([])
        expect(waiting.options.signal?.aborted).toBe(true)
        expect(fake.describing).toHaveLength(1)
      })
    })

    describe('a page that leaves', () => {
      it('ends its calls on both sides and hears nothing more', async () => {
        const { api, told } = await openPage()
        const { answer, waiting } = await callThatWaits(api, 'model')
        api.close()
        await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
        await expect(api.call('jobs.list', {})).rejects.toMatchObject({ code: 'cancelled' })
        await vi.waitFor(() => {
          expect(waiting.options.signal?.aborted).toBe(true)
        })
        const other = await openPage()
        publish('later')
        await vi.waitFor(() => {
          expect(other.told).toEqual(['later'])
        })
        expect(told).toEqual([])
      })
    })
  })
}

function nameOf(event: WorkbenchEvent): string {
  return event.kind === 'job.removed' ? event.jobId : event.kind
}

async function connected(api: Api): Promise<void> {
  await vi.waitFor(() => {
    expect(api.state).toBe('connected')
  })
}

/** Waits for the break to be noticed too, which may take a moment. */
async function reconnected(api: Api): Promise<void> {
  const states: string[] = [api.state]
  const stop = api.onStateChange((state) => states.push(state))
  await vi.waitFor(() => {
    expect(states.join()).toMatch(/connecting,connected$/)
  })
  stop()
}
