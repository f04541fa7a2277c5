/**
 * The engine process: the only place where ONNX Runtime is loaded. Started by a launcher, ends with its host.
 */
import process from 'node:process'
import { WorkbenchError } from '@contract/errors'
import { createJobs } from './engine/jobs/jobs'
import type { EngineMessage, HostMessage } from './engine/protocol'
import { serveEngine } from './engine/serve'
import { createOrtBackend } from './runtime/ort/ort-backend'

const send = process.send?.bind(process)
if (send === undefined) {
  throw new WorkbenchError('internal', 'The engine is started by Lathe itself; run `lathe --help` instead.')
}

// Without a host there is nobody to answer to.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the host decides what it means.
process.on('SIGINT', () => undefined)

serveEngine(
  {
    send(message: EngineMessage) {
      send(message)
    },
    onMessage(listener) {
      process.on('message', (message) => {
        listener(message as HostMessage)
      })
    }
  },
  createJobs(createOrtBackend(), { nowMilliseconds: () => performance.now() })
)
