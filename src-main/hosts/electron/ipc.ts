/** The wire between the main process and the pages of Lathe's windows. The main process never computes. */
import { ipcMain, type IpcMainEvent, type WebContents } from 'electron'
import { toHostChannel, toPageChannel } from '@contract/bridge'
import type { ServerMessage } from '@contract/wire'
import { serveConnection, type Connection } from '../../services/serve-connection'
import type { Workbench } from '../../services/workbench'
import { appHost, appScheme } from './app-protocol'

/**
 * Answers the pages of `app://lathe/`, and nobody else: every message is checked for the frame that sent it, and its
 * content by `serveConnection`. Returns how to stop.
 */
export function serveIpc(workbench: Workbench): () => void {
  /** By the id of the page's web contents: one connection each. */
  const connections = new Map<number, { readonly contents: WebContents; readonly connection: Connection }>()

  function connect(contents: WebContents): void {
    const { id } = contents
    // A page that was loaded again greets anew; what the old one asked is nobody's business any more.
    const isKnown = connections.has(id)
    connections.get(id)?.connection.end()
    const connection = serveConnection(workbench, {
      send: (message) => {
        tell(contents, message)
      },
      // The page has been told why, and its next message can only be a greeting.
      close: () => undefined
    })
    connections.set(id, { contents, connection })
    if (isKnown) return
    contents.once('destroyed', () => {
      connections.get(id)?.connection.end()
      connections.delete(id)
    })
  }

  function receive(event: IpcMainEvent, message: unknown): void {
    if (!isOwnPage(event)) return
    if (isGreeting(message)) connect(event.sender)
    connections.get(event.sender.id)?.connection.receive(message)
  }

  ipcMain.on(toHostChannel, receive)
  return () => {
    ipcMain.off(toHostChannel, receive)
    for (const { contents, connection } of connections.values()) {
      connection.end()
      tell(contents, { kind: 'closed', error: { code: 'io', message: 'Lathe is ending.' } })
    }
    connections.clear()
  }
}

function tell(contents: WebContents, message: ServerMessage): void {
  if (!contents.isDestroyed()) contents.send(toPageChannel, message)
}

/** The main frame of a page of Lathe. A frame that has navigated away or was closed meanwhile is null. */
function isOwnPage({ senderFrame }: IpcMainEvent): boolean {
  return (
    senderFrame !== null && senderFrame.parent === null && senderFrame.origin === `${appScheme}://${appHost}`
  )
}

function isGreeting(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'hello'
}
