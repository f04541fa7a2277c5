/** A host for stores under test: the real client over the in-memory transport, answered by the test's own handlers. */
import { createPinia, setActivePinia } from 'pinia'
import { createApp } from 'vue'
import type { CallName, CallParams, CallResult } from '@contract/calls'
import { toErrorWire } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import { protocolVersion, type ClientMessage, type ServerMessage } from '@contract/wire'
import { createApi, type Api } from '../../src-renderer/api/client'
import { inMemoryChannel } from '../../src-renderer/api/in-memory'
import { hostKey } from '../../src-renderer/app/host'

/** What the host answers; a call without a handler fails, so that no store asks for more than its test expects. */
export type StoreHandlers = {
  [N in CallName]?: (params: CallParams<N>) => CallResult<N> | Promise<CallResult<N>>
}

export interface StoreHost {
  readonly api: Api
  /** Every call in order, with what it was given. */
  readonly asked: readonly { readonly name: string; readonly params: unknown }[]
  publish(event: WorkbenchEvent): void
  /** Breaks the connection; the page that comes back has missed events for good. */
  restart(): void
}

/** Makes stores talk to this host from here on; `handlers` may be changed at any time. */
export function openStoreHost(handlers: StoreHandlers): StoreHost {
  const asked: { name: string; params: unknown }[] = []
  const pages = new Set<{ send(message: ServerMessage): void; close(): void }>()
  let sequence = 0
  let session = 1
  const api = createApi(
    inMemoryChannel((page) => {
      pages.add(page)
      return {
        receive: (message) => {
          void receive(message as ClientMessage, (answer) => {
            page.send(answer)
          })
        },
        end: () => pages.delete(page)
      }
    }),
    { reconnectDelaysMilliseconds: [1] }
  )

  async function receive(message: ClientMessage, send: (message: ServerMessage) => void): Promise<void> {
    if (message.kind === 'hello') {
      const mustReload = message.resume !== null && message.resume.session !== String(session)
      send({ kind: 'welcome', protocol: protocolVersion, session: String(session), sequence, mustReload })
    }
    if (message.kind !== 'request') return
    const { id, name, params } = message
    asked.push({ name, params })
    try {
      const handler = handlers[name as CallName] as ((params: unknown) => unknown) | undefined
      if (handler === undefined) throw new Error(`The test did not expect the call '${name}'.`)
      send({ kind: 'result', id, result: await handler(params) })
    } catch (thrown) {
      send({ kind: 'error', id, error: toErrorWire(thrown) })
    }
  }

  const app = createApp({}).provide(hostKey, api)
  const pinia = createPinia()
  app.use(pinia)
  setActivePinia(pinia)
  return {
    api,
    asked,
    publish(event) {
      sequence++
      for (const page of pages) page.send({ kind: 'event', sequence, event })
    },
    restart() {
      session++
      for (const page of [...pages]) page.close()
      pages.clear()
    }
  }
}
