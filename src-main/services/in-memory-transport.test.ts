import { describeTransport } from '../../tests/contract/transport-contract'
import { inMemoryChannel } from '../../src-renderer/api/in-memory'
import { serveConnection } from './serve-connection'

describeTransport('in memory', async (workbench) => {
  const breaks = new Set<() => void>()
  return {
    newPage: async () =>
      inMemoryChannel((page) => {
        const connection = serveConnection(workbench, page)
        const cut = () => {
          connection.end()
          page.close()
        }
        breaks.add(cut)
        return connection
      }),
    interrupt() {
      for (const cut of breaks) cut()
      breaks.clear()
    },
    close: async () => undefined
  }
})
