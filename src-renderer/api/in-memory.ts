import type { ClientMessage, ServerMessage } from '@contract/wire'
import type { OpenChannel } from './channel'

/** The host's end of a channel, as `serveConnection` makes one. */
export interface HostEnd {
  receive(message: unknown): void
  end(): void
}

/**
 * A channel to a host in the same process, for tests and previews. Messages go through JSON and arrive later, as over
 * any other transport, so that what would not survive the wire does not survive here either.
 */
export function inMemoryChannel(
  serve: (page: { send(message: ServerMessage): void; close(): void }) => HostEnd
): OpenChannel {
  return async (listener) => {
    let isOpen = true
    const host = serve({
      send(message) {
        const copy = copied(message)
        queueMicrotask(() => {
          if (isOpen) listener.onMessage(copy)
        })
      },
      close() {
        // After what was sent before.
        queueMicrotask(() => {
          if (isOpen) listener.onClosed()
          isOpen = false
        })
      }
    })
    return {
      send(message) {
        const copy = copied(message)
        queueMicrotask(() => {
          if (isOpen) host.receive(copy)
        })
      },
      close() {
        isOpen = false
        host.end()
      }
    }
  }
}

function copied<T extends ClientMessage | ServerMessage>(message: T): T {
  return JSON.parse(JSON.stringify(message)) as T
}
