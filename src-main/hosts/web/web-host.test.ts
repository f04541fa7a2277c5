/** What the web host refuses. Every probe goes over a real socket to a real server on the loopback address. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { maximumMessageBytes, type ServerMessage } from '@contract/wire'
import { openFakeWorkbench, type FakeWorkbench } from '../../../tests/helpers/fake-workbench'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { startWebHost, type WebHost } from './web-host'

const folder = useTemporaryFolder()
let fake: FakeWorkbench
let host: WebHost
let token: string

beforeEach(async () => {
  fake = openFakeWorkbench(folder())
  mkdirSync(join(folder(), 'renderer'))
  writeFileSync(join(folder(), 'renderer', 'index.html'), 'page')
  writeFileSync(join(folder(), 'secret.js'), 'secret')
  writeFileSync(join(fake.root, 'speech.wav'), 'sound')
  writeFileSync(join(fake.root, 'notes.txt'), 'secret')
  host = await startWebHost({
    workbench: fake.workbench,
    rendererFolder: join(folder(), 'renderer'),
    port: 0
  })
  token = new URL(host.url).hash.slice('#token='.length)
})
afterEach(async () => {
  await host.close()
  await fake.workbench.close()
})

type Headers = Readonly<Record<string, string>>

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** Sends a target as it is written; `fetch` would tidy it up first. */
function ask(path: string, headers: Headers = {}, method = 'GET', body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port: host.port, host: '127.0.0.1', path, headers, method }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

const own = () => `http://127.0.0.1:${host.port}`
const bearer = (value = token) => ({ Authorization: `Bearer ${value}` })

/** The cookie that a browser has after the token was shown. */
async function cookie(): Promise<string> {
  const { headers } = await ask('/session', { ...bearer(), Origin: own() }, 'POST')
  return headers['set-cookie']![0]!.split(';')[0]!
}

describe('the address', () => {
  it('is on the loopback interface, with a token of 256 bits behind the hash', () => {
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/)
  })

  it('that is taken already is refused with the way out', async () => {
    const second = startWebHost({ workbench: fake.workbench, rendererFolder: '/', port: host.port })
    await expect(second).rejects.toMatchObject({
      code: 'conflict',
      message: `Could not listen on port ${host.port}: another program uses it; choose another one with --port.`
    })
  })
})

describe('the page', () => {
  it('is served to anyone who knows the name of the server, under the policy', async () => {
    const { status, headers, text } = await ask('/')
    expect([status, text]).toEqual([200, 'page'])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
      'cache-control': 'no-store'
    })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${host.port} ws://localhost:${host.port};`)
    expect((await ask('/', { Host: `localhost:${host.port}` })).status).toBe(200)
    expect(await ask('/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
  })

  it.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..\\secret.js',
    '/..%5csecret.js',
    '//etc/hosts',
    '/data/../secret.js',
    '/.git/config',
    'http://elsewhere/secret.js',
    '*'
  ])('has no file %s', async (path) => {
    const { status, text } = await ask(path, bearer())
    expect(status).toBe(404)
    expect(text).not.toContain('secret')
    expect(text).not.toContain(folder())
  })

  it.each([
    ['a foreign Host', { Host: 'example.com' }],
    ['a name that was made to lead here', { Host: 'attacker.example:80' }],
    ['this Host with another port', { Host: '127.0.0.1:1' }],
    ['a foreign Origin', { Origin: 'https://example.com' }],
    ['an Origin without a name', { Origin: 'null' }],
    ['an Origin on another port', { Origin: 'http://127.0.0.1:1' }]
  ])('is refused to %s, whatever token comes with it', async (_, headers) => {
    expect((await ask('/', { ...bearer(), ...headers })).status).toBe(403)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('can only be read, not asked for by %s', async (method) => {
    expect((await ask('/', bearer(), method)).status).toBe(405)
  })

  it('takes no body, and does not wait for one that is announced', async () => {
    const { status, headers } = await ask('/session', bearer(), 'POST', 'x'.repeat(100))
    expect([status, headers.connection]).toEqual([413, 'close'])
    const announced = { ...bearer(), 'Content-Length': String(1e12) }
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection(host.port, '127.0.0.1')
      socket.on('data', (data) => {
        resolve(data.toString())
        socket.destroy()
      })
      const head = Object.entries({ Host: `127.0.0.1:${host.port}`, ...announced })
      socket.write(`POST /session HTTP/1.1\r\n${head.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe('the session', () => {
  it('trades the token for a cookie that scripts and other sites do not get', async () => {
    const { status, headers } = await ask('/session', bearer(), 'POST')
    expect(status).toBe(204)
    const [set] = headers['set-cookie']!
    expect(set).toMatch(new RegExp(`^lathe-${host.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`))
    expect(set).not.toContain(token)
  })

  it.each<[string, () => Headers]>([
    ['no token', () => ({})],
    ['a wrong token', () => bearer('A'.repeat(43))],
    ['the beginning of the token', () => bearer(token.slice(0, -1))],
    ['more than the token', () => bearer(`${token}A`)],
    ['an empty token', () => ({ Authorization: 'Bearer ' })],
    ['another scheme', () => ({ Authorization: `Basic ${token}` })]
  ])('is not begun with %s', async (_, headers) => {
    const { status, headers: answered } = await ask('/session', headers(), 'POST')
    expect(status).toBe(401)
    expect(answered['set-cookie']).toBeUndefined()
  })

  it('is not begun by GET, nor by another site that knows the token', async () => {
    expect((await ask('/session', bearer())).status).toBe(405)
    expect((await ask('/session', { ...bearer(), Origin: 'https://example.com' }, 'POST')).status).toBe(403)
  })
})

describe('the user’s data', () => {
  const key = () =>
    fake.workbench.data.put({ bytes: new Uint8Array([1, 2]), mediaType: 'application/octet-stream' })
  const sound = () => `/audio?path=${encodeURIComponent(join(fake.root, 'speech.wav'))}`

  it('is read with the cookie or with the token', async () => {
    const path = `/data/${key()}`
    expect(await ask(path, { Cookie: await cookie() })).toMatchObject({ status: 200, text: '\x01\x02' })
    expect(await ask(path, bearer())).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' }
    })
    expect(await ask(sound(), { Cookie: `a=b; ${await cookie()}` })).toMatchObject({
      status: 200,
      text: 'sound',
      headers: { 'content-type': 'audio/wav' }
    })
  })

  it.each<[string, () => Promise<Headers>, number]>([
    ['without cookie and token', async () => ({}), 401],
    ['with a wrong cookie', async () => ({ Cookie: `lathe-${host.port}=${'A'.repeat(43)}` }), 401],
    ['with the token as the cookie', async () => ({ Cookie: `lathe-${host.port}=${token}` }), 401],
    ['with the cookie of another port', async () => ({ Cookie: `lathe-1${await cookie()}` }), 401],
    ['by another site', async () => ({ Cookie: await cookie(), 'Sec-Fetch-Site': 'cross-site' }), 403],
    ['by another port', async () => ({ Cookie: await cookie(), 'Sec-Fetch-Site': 'same-site' }), 403],
    ['with a foreign Origin', async () => ({ Cookie: await cookie(), Origin: 'http://evil' }), 403]
  ])('is not read %s', async (_, headers, status) => {
    for (const path of [`/data/${key()}`, sound()]) {
      expect((await ask(path, await headers())).status).toBe(status)
    }
  })

  it.each([
    ['a key that is not known', '/data/unknown'],
    ['no path', '/audio'],
    [
      'a file that is no recording',
      (root: string) => `/audio?path=${encodeURIComponent(`${root}/notes.txt`)}`
    ],
    ['a recording elsewhere', '/audio?path=%2Fetc%2Fsound.wav'],
    ['a recording by way of dots', (root: string) => `/audio?path=${root}/../../../x.wav`]
  ])('that is %s is not found', async (_, path) => {
    const target = typeof path === 'string' ? path : path(fake.root)
    const { status, text } = await ask(target, bearer())
    expect(status).toBe(404)
    expect(text).not.toContain(folder())
  })
})

describe('the WebSocket', () => {
  /** Opens a socket and returns the status with which that was refused, or the socket. */
  function open(headers: Headers, origin: string | undefined, path = '/socket'): Promise<WebSocket | number> {
    return new Promise((resolve) => {
      const options = origin === undefined ? { headers } : { headers, origin }
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, options)
      socket.on('open', () => {
        resolve(socket)
      })
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0)
      })
      socket.on('error', () => undefined)
    })
  }

  /** What an open socket is told after it has sent these, until the host ends it, and the code of the end. */
  async function converse(...messages: readonly (string | Buffer)[]): Promise<[ServerMessage[], number]> {
    const socket = (await open(bearer(), own())) as WebSocket
    const told: ServerMessage[] = []
    socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString()) as ServerMessage))
    for (const message of messages) socket.send(message)
    const code = await new Promise<number>((resolve) => socket.on('close', resolve))
    return [told, code]
  }

  const hello = JSON.stringify({ kind: 'hello', protocol: 1, resume: null })

  it.each<[string, () => Promise<Headers>, (() => string) | undefined, number]>([
    ['without a token', async () => ({}), own, 401],
    ['with a wrong token', async () => bearer('A'.repeat(43)), own, 401],
    ['from a foreign page with the right token', async () => bearer(), () => 'https://example.com', 403],
    [
      'from a foreign page with the cookie',
      async () => ({ Cookie: await cookie() }),
      () => 'http://evil',
      403
    ],
    ['from nowhere, as no browser does', async () => bearer(), undefined, 403],
    ['by a foreign name', async () => ({ ...bearer(), Host: 'example.com' }), own, 403]
  ])('is not opened %s', async (_, headers, origin, status) => {
    expect(await open(await headers(), origin?.())).toBe(status)
  })

  it('is at one place only', async () => {
    expect(await open(bearer(), own(), '/')).toBe(404)
    expect(await open(bearer(), own(), '/socket/../x')).toBe(404)
  })

  it.each<[string, string | Buffer]>([
    ['text that is no JSON', '{'],
    ['JSON that is no message', '[1, 2]'],
    ['an unknown kind', '{"kind":"eval","code":"1"}'],
    ['a message with a prototype', '{"kind":"cancel","id":1,"__proto__":{"isAdmin":true}}'],
    ['a request without a number', '{"kind":"request","id":"one","name":"jobs.list","params":{}}'],
    ['a second hello', hello],
    ['bytes', Buffer.from(hello)]
  ])('is closed on %s, and says why', async (_, message) => {
    const [told, code] = await converse(hello, message)
    expect(told).toMatchObject([{ kind: 'welcome' }, { kind: 'closed', error: { code: 'protocol' } }])
    expect(code).toBe(1008)
  })

  it.each<[string, string]>([
    ['a request before hello', '{"kind":"request","id":1,"name":"jobs.list","params":{}}'],
    ['another version of the protocol', '{"kind":"hello","protocol":2,"resume":null}']
  ])('is closed on %s', async (_, message) => {
    const [told, code] = await converse(message)
    expect(told).toMatchObject([{ kind: 'closed', error: { code: 'protocol' } }])
    expect(code).toBe(1008)
  })

  it('is closed on a message that is too large, before it is read', async () => {
    const [told, code] = await converse(hello, 'x'.repeat(maximumMessageBytes + 1))
    expect(told).toMatchObject([{ kind: 'welcome' }])
    expect(code).toBe(1009)
  })

  it('closed in one page leaves the others alone', async () => {
    const good = (await open({ Cookie: await cookie() }, own())) as WebSocket
    const welcomed = new Promise((resolve) => good.once('message', resolve))
    good.send(hello)
    await welcomed
    await converse('{')
    const told = new Promise<string>((resolve) =>
      good.once('message', (data: Buffer) => {
        resolve(data.toString())
      })
    )
    fake.workbench.events.publish({ kind: 'job.removed', jobId: 'a' })
    expect(JSON.parse(await told)).toMatchObject({ kind: 'event', sequence: 1 })
    good.close()
  })
})

describe('closing', () => {
  it('ends open pages with a code that says so, and frees the port', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/socket`, { headers: bearer(), origin: own() })
    await new Promise((resolve) => socket.on('open', resolve))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await host.close()
    expect(await closed).toBe(1001)
    const again = await startWebHost({ workbench: fake.workbench, rendererFolder: '/', port: host.port })
    await again.close()
  })
})
