/**
 * The page's end of the wire, the same over every transport: typed calls, and events that are neither lost nor doubled
 * when the connection breaks and comes back.
 */
import type { CallName, CallParams, CallResult } from '@contract/calls'
import { fromErrorWire, WorkbenchError } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import { protocolVersion, type ResumePoint, type ServerMessage } from '@contract/wire'
import type { ApiChannel, OpenChannel } from './channel'

/** `refused`: the host does not want this page, and trying again is of no use; `failure` says why. */
export type ConnectionState = 'connecting' | 'connected' | 'refused' | 'closed'

export interface CallOptions {
  /** Takes the question back: the call rejects with `cancelled` at once, and the host stops working on it. */
  readonly signal?: AbortSignal
}

export interface Api {
  readonly state: ConnectionState
  /** Why the connection was refused or lost; undefined while it is good. */
  readonly failure: WorkbenchError | undefined
  /**
   * Asks the host. There is no time limit; a call made while the connection is down waits for it.
   *
   * @throws WorkbenchError what the host throws; `cancelled`; `io` when the connection broke under the call, which then
   * may or may not have been done.
   */
  call<N extends CallName>(name: N, params: CallParams<N>, options?: CallOptions): Promise<CallResult<N>>
  /** Each of these returns how to stop listening. */
  onEvent(listener: (event: WorkbenchEvent) => void): () => void
  /** Events were missed for good: what is shown must be loaded again. */
  onReload(listener: () => void): () => void
  onStateChange(listener: (state: ConnectionState) => void): () => void
  /** Leaves the host; calls under way reject with `cancelled`. */
  close(): void
}

export interface ApiOptions {
  /** Waits before the first, second, ... attempt to connect again; the last one is repeated. */
  readonly reconnectDelaysMilliseconds?: readonly number[]
}

/** The first attempt at once after a reload of the host, later ones so that a sleeping laptop is not busy. */
const defaultDelays: readonly number[] = [100, 250, 500, 1000, 2000, 5000]

/** Connects, and stays connected until it is closed or refused. */
export function createApi(open: OpenChannel, options: ApiOptions = {}): Api {
  return new ChannelApi(open, options.reconnectDelaysMilliseconds ?? defaultDelays)
}

interface PendingCall {
  readonly id: number
  readonly name: CallName
  readonly params: unknown
  isSent: boolean
  settle(outcome: { readonly result: unknown } | { readonly error: WorkbenchError }): void
}

class ChannelApi implements Api {
  readonly #open: OpenChannel
  readonly #delays: readonly number[]
  readonly #pending = new Map<number, PendingCall>()
  readonly #eventListeners = new Set<(event: WorkbenchEvent) => void>()
  readonly #reloadListeners = new Set<() => void>()
  readonly #stateListeners = new Set<(state: ConnectionState) => void>()
  #state: ConnectionState = 'connecting'
  #failure: WorkbenchError | undefined
  #channel: ApiChannel | undefined
  /** Counts attempts, so that what an abandoned channel still says is not heard. */
  #attempt = 0
  #failedAttempts = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #resume: ResumePoint | null = null
  #nextId = 1

  constructor(open: OpenChannel, delays: readonly number[]) {
    this.#open = open
    this.#delays = delays
    void this.#connect()
  }

  get state(): ConnectionState {
    return this.#state
  }

  get failure(): WorkbenchError | undefined {
    return this.#failure
  }

  call<N extends CallName>(
    name: N,
    params: CallParams<N>,
    { signal }: CallOptions = {}
  ): Promise<CallResult<N>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelled(name))
        return
      }
      if (this.#state === 'refused' || this.#state === 'closed') {
        reject(this.#failure ?? cancelled(name))
        return
      }
      const id = this.#nextId++
      const cancel = () => {
        const pending = this.#pending.get(id)
        if (pending?.isSent === true) this.#channel?.send({ kind: 'cancel', id })
        pending?.settle({ error: cancelled(name) })
      }
      const pending: PendingCall = {
        id,
        name,
        params,
        isSent: false,
        settle: (outcome) => {
          this.#pending.delete(id)
          signal?.removeEventListener('abort', cancel)
          if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.result as CallResult<N>)
        }
      }
      this.#pending.set(id, pending)
      signal?.addEventListener('abort', cancel, { once: true })
      if (this.#state === 'connected') this.#send(pending)
    })
  }

  onEvent(listener: (event: WorkbenchEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  onReload(listener: () => void): () => void {
    this.#reloadListeners.add(listener)
    return () => this.#reloadListeners.delete(listener)
  }

  onStateChange(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#leave('closed')
    for (const pending of [...this.#pending.values()]) pending.settle({ error: cancelled(pending.name) })
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt
    const isCurrent = () => attempt === this.#attempt
    try {
      const channel = await this.#open({
        onMessage: (message) => {
          if (isCurrent()) this.#receive(message)
        },
        onClosed: () => {
          if (isCurrent()) this.#lose(new WorkbenchError('io', 'The connection to Lathe was lost.'))
        }
      })
      if (!isCurrent()) {
        channel.close()
        return
      }
      this.#channel = channel
      channel.send({ kind: 'hello', protocol: protocolVersion, resume: this.#resume })
    } catch (thrown) {
      if (!isCurrent()) return
      const error = asError(thrown)
      if (error.code === 'protocol') this.#refuse(error)
      else this.#lose(error)
    }
  }

  #receive(message: ServerMessage): void {
    switch (message.kind) {
      case 'welcome':
        this.#failedAttempts = 0
        this.#failure = undefined
        // When events follow that were missed, each of them moves the point, not this message before them.
        if (this.#resume === null || message.mustReload) {
          this.#resume = { session: message.session, sequence: message.sequence }
        }
        // What waited goes first, before listeners ask for more.
        for (const pending of [...this.#pending.values()]) this.#send(pending)
        this.#setState('connected')
        if (message.mustReload) for (const listener of [...this.#reloadListeners]) listener()
        return
      case 'event':
        if (this.#resume === null || message.sequence <= this.#resume.sequence) return
        this.#resume = { ...this.#resume, sequence: message.sequence }
        for (const listener of [...this.#eventListeners]) listener(message.event)
        return
      case 'result':
        this.#pending.get(message.id)?.settle({ result: message.result })
        return
      case 'error':
        this.#pending.get(message.id)?.settle({ error: fromErrorWire(message.error) })
        return
      case 'closed': {
        const error = fromErrorWire(message.error)
        if (error.code === 'protocol') this.#refuse(error)
        else this.#lose(error)
        return
      }
      // A newer host may say more; what this page does not know it does not need.
    }
  }

  #send(pending: PendingCall): void {
    if (pending.isSent) return
    pending.isSent = true
    const { id, name, params } = pending
    this.#channel?.send({ kind: 'request', id, name, params })
  }

  #lose(failure: WorkbenchError): void {
    this.#leave('connecting')
    this.#failure = failure
    for (const pending of [...this.#pending.values()]) {
      // What was not sent yet waits; what was may have been done, so it is not sent twice.
      if (pending.isSent) pending.settle({ error: brokenUnder(pending.name) })
    }
    const delay = this.#delays[Math.min(this.#failedAttempts++, this.#delays.length - 1)] ?? 0
    this.#retry = setTimeout(() => void this.#connect(), delay)
  }

  #refuse(failure: WorkbenchError): void {
    this.#failure = failure
    this.#leave('refused')
    for (const pending of [...this.#pending.values()]) pending.settle({ error: failure })
  }

  #leave(state: ConnectionState): void {
    this.#attempt++
    clearTimeout(this.#retry)
    this.#channel?.close()
    this.#channel = undefined
    this.#setState(state)
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of [...this.#stateListeners]) listener(state)
  }
}

function cancelled(name: string): WorkbenchError {
  return new WorkbenchError('cancelled', `The call '${name}' was taken back.`)
}

function brokenUnder(name: string): WorkbenchError {
  return new WorkbenchError(
    'io',
    `The connection to Lathe broke during '${name}': look whether it was done, and ask again if not.`
  )
}

function asError(thrown: unknown): WorkbenchError {
  if (thrown instanceof WorkbenchError) return thrown
  return new WorkbenchError('io', 'Lathe could not be reached.', { cause: thrown })
}
