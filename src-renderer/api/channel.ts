import type { ClientMessage, ServerMessage } from '@contract/wire'

/** An open way to the host. Messages arrive whole and in order, or the channel closes. */
export interface ApiChannel {
  send(message: ClientMessage): void
  /** Closes it from this side; the listener is not told. */
  close(): void
}

export interface ChannelListener {
  onMessage(message: ServerMessage): void
  /** Called once, when the channel is gone; nothing arrives after it. */
  onClosed(): void
}

/**
 * A transport: opens one channel to the host.
 *
 * Rejects with WorkbenchError: `protocol` when trying again is of no use, anything else when it may help.
 */
export type OpenChannel = (listener: ChannelListener) => Promise<ApiChannel>
