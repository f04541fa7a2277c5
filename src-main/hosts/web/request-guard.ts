/**
 * Who may talk to the web host. It listens on the loopback address only, but every page in every browser of this
 * computer can send requests there, and a name of the attacker's can be made to lead there (DNS rebinding):
 *
 * - `Host` must be this server's own name, which a rebound name is not;
 * - `Origin`, which browsers add and pages cannot forge, must be this server's own, whatever token comes with it;
 * - whoever asks for more than the page's files must know the token, or show the cookie that the token was traded for.
 */
import type { IncomingMessage } from 'node:http'
import { createSecret } from '../../services/secret'

/** Why a request is refused, as an HTTP status. */
export type Refusal = 401 | 403

export interface RequestGuard {
  /** For the `#token=` part of the address that is printed. */
  readonly token: string
  /** `Set-Cookie` for whoever has shown the token. */
  readonly cookie: string
  /** Sources for the page's Content-Security-Policy: the WebSocket of this server by each of its names. */
  readonly socketSources: readonly string[]
  /** Whether the request is meant for this server and comes from its own page or from no page. */
  checkSource(request: IncomingMessage): Refusal | undefined
  /** The same for a WebSocket, where browsers always say where they come from. */
  checkSocketSource(request: IncomingMessage): Refusal | undefined
  /** Whether the request has the token in `Authorization`. */
  checkToken(request: IncomingMessage): Refusal | undefined
  /** Whether the request has the token or the cookie. */
  checkSession(request: IncomingMessage): Refusal | undefined
}

/** `keptToken`: one that was used before; a new one without it. */
export function createRequestGuard(port: number, keptToken?: string): RequestGuard {
  const token = createSecret(keptToken)
  const session = createSecret()
  // Browsers share cookies between all ports of a host, so the name says whose it is.
  const cookieName = `lathe-${port}`
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`)
  const origins = hosts.map((host) => `http://${host}`)

  function checkSource({ headers }: IncomingMessage): Refusal | undefined {
    if (headers.host === undefined || !hosts.includes(headers.host)) return 403
    if (headers.origin !== undefined && !origins.includes(headers.origin)) return 403
    return undefined
  }

  function checkToken({ headers }: IncomingMessage): Refusal | undefined {
    const given = /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1]
    return token.matches(given) ? undefined : 401
  }

  function checkSession(request: IncomingMessage): Refusal | undefined {
    // Reading data leaves no trace of its origin in older browsers; newer ones say that another site asks.
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 403
    if (checkToken(request) === undefined) return undefined
    return session.matches(cookieOf(request, cookieName)) ? undefined : 401
  }

  return {
    token: token.value,
    cookie: `${cookieName}=${session.value}; HttpOnly; SameSite=Strict; Path=/`,
    socketSources: hosts.map((host) => `ws://${host}`),
    checkSource,
    checkSocketSource: (request) => (request.headers.origin === undefined ? 403 : checkSource(request)),
    checkToken,
    checkSession
  }
}

function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
