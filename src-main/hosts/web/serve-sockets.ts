/** The WebSocket of the web host: one connection per page, JSON text in both directions. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { maximumMessageBytes, type ServerMessage } from '@contract/wire'
import { serveConnection } from '../../services/serve-connection'
import type { Workbench } from '../../services/workbench'
import type { RequestGuard } from './request-guard'

const socketPath = '/socket'

/**
 * What waits for a page that does not read. Beyond it the connection is cut; the page comes back when it can and is told
 * what it missed.
 */
const maximumWaitingBytes = 32 << 20

/** Close codes, https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1. */
const closeCodes = { goingAway: 1001, policy: 1008 } as const

/** Takes upgrades of `server`; returns how to end all connections. */
export function serveSockets(server: Server, workbench: Workbench, guard: RequestGuard): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maximumMessageBytes,
    // Messages are small and the way is short; compressing costs time and memory per page.
    perMessageDeflate: false
  })
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refused =
      request.url === socketPath ? (guard.checkSocketSource(request) ?? guard.checkSession(request)) : 404
    if (refused !== undefined) {
      // A client that is gone already needs no answer.
      stream.on('error', () => undefined)
      stream.end(`HTTP/1.1 ${refused} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      serveSocket(socket, workbench)
    })
  })
  return () => {
    for (const socket of sockets.clients) socket.close(closeCodes.goingAway)
    sockets.close()
  }
}

function serveSocket(socket: WebSocket, workbench: Workbench): void {
  const connection = serveConnection(workbench, {
    send(message: ServerMessage) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > maximumWaitingBytes) socket.terminate()
      else socket.send(JSON.stringify(message))
    },
    close() {
      socket.close(closeCodes.policy)
    }
  })
  socket.on('message', (data, isBinary) => {
    connection.receive(isBinary ? undefined : parsed(data))
  })
  socket.on('close', () => {
    connection.end()
  })
  // A message that is too large, or no WebSocket frame; `ws` closes the connection itself, with a code that says so.
  socket.on('error', () => undefined)
}

/** What is no JSON is no message of the protocol, and is refused as such. */
function parsed(data: RawData): unknown {
  try {
    return JSON.parse(textOf(data))
  } catch {
    return undefined
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.from(data as ArrayBuffer).toString('utf8')
}
