/**
 * The host's end of one connection to a page, over whatever transport: greets, answers calls, and hands on events.
 * Everything that a transport has to do is in `PageChannel`.
 */
import { fromErrorWire, toErrorWire, WorkbenchError, type ErrorWire } from '@contract/errors'
import { clientMessageSchema, protocolVersion, type ClientMessage, type ServerMessage } from '@contract/wire'
import { assertNever } from '../base/assert-never'
import type { Workbench } from './workbench'

/** One page, as its transport shows it. */
export interface PageChannel {
  send(message: ServerMessage): void
  /** Ends the connection from this side; what was sent before still arrives. */
  close(): void
}

export interface Connection {
  /** Takes a message of the page, whatever it holds. */
  receive(message: unknown): void
  /** The page is gone, or is to be left: calls under way are cancelled. Twice is harmless. */
  end(): void
}

/** More than a page asks at once; a page that asks for more is broken. */
const maximumCallsUnderWay = 200

/** Begins a connection. A message that the protocol does not know ends it, and the page is told why. */
export function serveConnection(workbench: Workbench, page: PageChannel): Connection {
  const underWay = new Map<number, AbortController>()
  let unsubscribe: (() => void) | undefined
  let isEnded = false

  function end(): void {
    isEnded = true
    unsubscribe?.()
    for (const call of underWay.values()) call.abort()
    underWay.clear()
  }

  function refuse(message: string): void {
    const error: ErrorWire = { code: 'protocol', message }
    page.send({ kind: 'closed', error })
    end()
    page.close()
  }

  function greet({ protocol, resume }: Extract<ClientMessage, { kind: 'hello' }>): void {
    if (protocol !== protocolVersion) {
      refuse(`The page speaks protocol ${protocol}, expected ${protocolVersion}: load the page again.`)
      return
    }
    if (unsubscribe !== undefined) {
      refuse('The page said hello twice: load the page again.')
      return
    }
    const { events } = workbench
    // Nothing is published between these steps, so that no event is lost or told twice.
    const { events: missed, mustReload } = events.replay(resume)
    const { session, sequence } = events
    page.send({ kind: 'welcome', protocol: protocolVersion, session, sequence, mustReload })
    for (const event of missed) page.send({ kind: 'event', ...event })
    unsubscribe = events.subscribe((event) => {
      page.send({ kind: 'event', ...event })
    })
  }

  async function call({ id, name, params }: Extract<ClientMessage, { kind: 'request' }>): Promise<void> {
    const controller = new AbortController()
    underWay.set(id, controller)
    let message: ServerMessage
    try {
      message = { kind: 'result', id, result: await workbench.handle(name, params, controller) }
    } catch (thrown) {
      message = { kind: 'error', id, error: pageError(thrown) }
    }
    // A page that is gone, or took its question back, does not wait for the answer.
    if (underWay.get(id) !== controller) return
    underWay.delete(id)
    page.send(message)
  }

  function receive(message: unknown): void {
    if (isEnded) return
    const parsed = clientMessageSchema.safeParse(message)
    if (!parsed.success) {
      refuse('The page sent a message that the protocol does not know: load the page again.')
      return
    }
    const { data } = parsed
    if (data.kind === 'hello') greet(data)
    else if (unsubscribe === undefined) refuse('The page did not begin with hello: load the page again.')
    else if (data.kind === 'cancel') {
      underWay.get(data.id)?.abort()
      underWay.delete(data.id)
    } else if (data.kind === 'request') {
      if (underWay.has(data.id)) refuse(`The page used the number ${data.id} twice: load the page again.`)
      else if (underWay.size >= maximumCallsUnderWay) refuse('The page asks too much at once: load it again.')
      else void call(data)
    } else assertNever(data)
  }

  return { receive, end }
}

/** What the page is told. A foreign error is a bug in Lathe: its words may be anything, its stack stays here. */
function pageError(thrown: unknown): ErrorWire {
  const wire = toErrorWire(thrown)
  if (thrown instanceof WorkbenchError) return wire
  return toErrorWire(
    new WorkbenchError('internal', `This is a bug in Lathe, report it: ${wire.message}.`, {
      cause: fromErrorWire(wire)
    })
  )
}
