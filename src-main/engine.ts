/**
 * The engine process: the only place where ONNX Runtime is loaded. Started by a launcher, ends with its host.
 */
import process from 'node:process'
import { WorkbenchError } from '@contract/errors'
import { endWithHost } from './engine/end-with-host'
import { createJobs } from './engine/jobs/jobs'
import type { EngineMessage, HostMessage } from './engine/protocol'
import { serveEngine, type EngineChannel } from './engine/serve'
import { createOrtBackend } from './runtime/ort/ort-backend'

// Ctrl-C reaches the whole process group; the host decides what it means.
process.on('SIGINT', () => undefined)
endWithHost()

serveEngine(hostChannel(), createJobs(createOrtBackend(), { nowMilliseconds: () => performance.now() }))

/** The channel to whoever started this process: a utility process has a port of Electron's, a fork one of Node's. */
function hostChannel(): EngineChannel {
  const parentPort = (process as { parentPort?: ParentPort }).parentPort
  if (parentPort !== undefined) {
    return {
      send(message) {
        parentPort.postMessage(message)
      },
      onMessage(listener) {
        parentPort.on('message', ({ data }) => {
          listener(data as HostMessage)
        })
      }
    }
  }
  const send = process.send?.bind(process)
  if (send === undefined) {
    throw new WorkbenchError('internal', 'The engine is started by Lathe itself; run `lathe --help` instead.')
  }
  // Without a host there is nobody to answer to.
  process.on('disconnect', () => process.exit(0))
  return {
    send(message: EngineMessage) {
      send(message)
    },
    onMessage(listener) {
      process.on('message', (message) => {
        listener(message as HostMessage)
      })
    }
  }
}

/** Electron's port, without Electron's types: this entry also runs where Electron is not. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}
