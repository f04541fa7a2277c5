import { WebSocket } from 'ws'
import { describeTransport } from '../../../tests/contract/transport-contract'
import { webSocketChannel } from '../../../src-renderer/api/websocket'
import { startWebHost } from './web-host'

/** As a browser does it: trades the token for a cookie, which it then adds to the socket, with its origin. */
describeTransport('WebSocket', async (workbench) => {
  const host = await startWebHost({ workbench, rendererFolder: '/nowhere', port: 0 })
  const { origin, hash } = new URL(host.url)
  const sockets = new Set<WebSocket>()
  return {
    newPage: async () => {
      let cookie = ''
      return webSocketChannel({
        async startSession() {
          const headers = { Authorization: `Bearer ${hash.slice('#token='.length)}`, Origin: origin }
          const answer = await fetch(`${origin}/session`, { method: 'POST', headers })
          cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
          return answer.status
        },
        openSocket() {
          const socket = new WebSocket(`ws://127.0.0.1:${host.port}/socket`, {
            origin,
            headers: { Cookie: cookie }
          })
          sockets.add(socket)
          return socket
        }
      })
    },
    interrupt() {
      // As when a tunnel dies: no closing handshake.
      for (const socket of sockets) socket.terminate()
      sockets.clear()
    },
    close: () => host.close()
  }
})
