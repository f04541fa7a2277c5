/**
 * The web host: the whole workbench for a browser on this computer, or on another one through an SSH tunnel. Listens on
 * the loopback address only; who may talk to it is in `request-guard.ts`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WorkbenchError } from '@contract/errors'
import {
  answerGet,
  isDataPath,
  refusal,
  type AnswerParts,
  type PageAnswer
} from '../../services/answer-request'
import type { Workbench } from '../../services/workbench'
import { createRequestGuard, type RequestGuard } from './request-guard'
import { serveSockets } from './serve-sockets'

export interface WebHostOptions {
  readonly workbench: Workbench
  /** Folder that holds the built `index.html`. */
  readonly rendererFolder: string
  /** 0: any that is free. */
  readonly port: number
  /** The token for the port that was got; without it, one that ends with this host. */
  readonly tokenFor?: (port: number) => string
}

export interface WebHost {
  /** The address to open, with the token behind the `#`. */
  readonly url: string
  readonly port: number
  /** Ends all connections; returns when the port is free again. The workbench stays open. */
  close(): Promise<void>
}

const loopback = '127.0.0.1'

/** @throws WorkbenchError `conflict` when the port is taken, `io` when it cannot be used; what `tokenFor` throws. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { workbench, rendererFolder, port, tokenFor } = options
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 })
  const actualPort = await listen(server, port)
  const guard = createRequestGuard(actualPort, ownToken(server, actualPort, tokenFor))
  const parts = { rendererFolder, workbench, connectSources: guard.socketSources }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, parts, guard).then((answered) => {
      response.writeHead(answered.status, { ...commonHeaders, ...answered.headers })
      response.end(request.method === 'HEAD' ? undefined : answered.body)
    })
  })
  const endSockets = serveSockets(server, workbench, guard)
  return {
    url: `http://${loopback}:${actualPort}/#token=${guard.token}`,
    port: actualPort,
    close: () =>
      new Promise((resolve) => {
        endSockets()
        server.close(() => {
          resolve()
        })
        server.closeIdleConnections()
        // Whoever does not say goodbye within this time is cut off.
        setTimeout(() => {
          server.closeAllConnections()
        }, 500).unref()
      })
  }
}

/** A port that is not served is given back. */
function ownToken(server: Server, port: number, tokenFor: WebHostOptions['tokenFor']): string | undefined {
  try {
    return tokenFor?.(port)
  } catch (thrown) {
    server.close()
    throw thrown
  }
}

/** Nothing of this may be shown in, or read by, another site's page. */
const commonHeaders: Readonly<Record<string, string>> = {
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()'
}

async function answer(
  request: IncomingMessage,
  parts: AnswerParts,
  guard: RequestGuard
): Promise<PageAnswer> {
  const refuse = (status: number, text: string) => refusal(status, text, parts.connectSources)
  const [path = '', ...queries] = (request.url ?? '').split('?')
  if (guard.checkSource(request) !== undefined) return refuse(403, 'This address is not for that page.')
  // No request has a body; one that announces some is not read.
  if (hasBody(request)) return withoutReading(refuse(413, 'There is nothing to send here.'))
  if (path === '/session') return startSession(request, guard, refuse)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'This can only be read.')
  const refused = isDataPath(path) ? guard.checkSession(request) : undefined
  if (refused !== undefined) return refuse(refused, 'Open the address that `lathe serve` printed.')
  return answerGet(parts, { path, query: queries.length === 0 ? '' : `?${queries.join('?')}` })
}

/** Ends the connection after the answer, so that a body is never waited for. */
function withoutReading(answered: PageAnswer): PageAnswer {
  return { ...answered, headers: { ...answered.headers, Connection: 'close' } }
}

/** Trades the token for a cookie, which the browser then adds to what a script cannot: sockets, sounds, images. */
function startSession(
  request: IncomingMessage,
  guard: RequestGuard,
  refuse: (status: number, text: string) => PageAnswer
): PageAnswer {
  if (request.method !== 'POST') return refuse(405, 'A session is started by POST.')
  const refused = guard.checkToken(request)
  if (refused !== undefined) return refuse(refused, 'Open the address that `lathe serve` printed.')
  const headers = { 'Set-Cookie': guard.cookie, 'Cache-Control': 'no-store' }
  return { status: 204, headers, body: new Uint8Array() }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'another program uses it; choose another one with --port'
          : `the system reports "${error.message}"`
      reject(
        new WorkbenchError(
          error.code === 'EADDRINUSE' ? 'conflict' : 'io',
          `Could not listen on port ${port}: ${reason}.`,
          { details: { port }, cause: error }
        )
      )
    })
    server.listen(port, loopback, resolve)
  })
  return (server.address() as AddressInfo).port
}
