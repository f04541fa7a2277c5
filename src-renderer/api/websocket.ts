import { WorkbenchError } from '@contract/errors'
import type { ServerMessage } from '@contract/wire'
import type { OpenChannel } from './channel'

/** The part of a browser's WebSocket that is used. */
export interface Socket {
  send(text: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

/** What the platform gives to reach the web host; a browser's by default. */
export interface WebHostAccess {
  /** Shows the token and gets a cookie for all that follows. Returns the status of the answer. */
  startSession(): Promise<number>
  openSocket(): Socket
}

/** How a page that the web host served reaches it: `POST /session` with the token, then `/socket` with the cookie. */
export function browserAccess(
  token: string,
  { protocol, host }: { readonly protocol: string; readonly host: string }
): WebHostAccess {
  return {
    async startSession() {
      const answer = await fetch('/session', {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` }
      })
      return answer.status
    },
    openSocket: () => new WebSocket(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/socket`)
  }
}

/** A channel to `lathe serve`. */
export function webSocketChannel(access: WebHostAccess): OpenChannel {
  return async (listener) => {
    const status = await access.startSession()
    if (status === 401 || status === 403) {
      throw new WorkbenchError(
        'protocol',
        'This address is no longer valid: open the one that `lathe serve` printed last.'
      )
    }
    if (status !== 204) throw new WorkbenchError('io', `Lathe answered with status ${status}, expected 204.`)
    const socket = access.openSocket()
    let isOpen = true
    socket.addEventListener('message', ({ data }) => {
      if (isOpen && typeof data === 'string') listener.onMessage(JSON.parse(data) as ServerMessage)
    })
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', resolve)
      // An error is followed by `close`, which is what counts; a listener keeps it from being thrown.
      socket.addEventListener('error', () => undefined)
      socket.addEventListener('close', () => {
        reject(new WorkbenchError('io', 'Lathe closed the connection before it was open.'))
        if (isOpen) listener.onClosed()
        isOpen = false
      })
    })
    return {
      send(message) {
        socket.send(JSON.stringify(message))
      },
      close() {
        isOpen = false
        socket.close()
      }
    }
  }
}
