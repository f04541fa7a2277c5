/** An engine in the test's own process: the real protocol and the real jobs, over whatever backend the test has. */
import { createJobs } from '../../src-main/engine/jobs/jobs'
import type { EngineLauncher } from '../../src-main/engine/launcher'
import type { EngineMessage, HostMessage } from '../../src-main/engine/protocol'
import { serveEngine } from '../../src-main/engine/serve'
import type { InferenceBackend } from '../../src-main/runtime/inference-backend'

/** Stands where no model is run. */
const noBackend: InferenceBackend = {
  open: () => Promise.reject(new Error('The test did not expect a model to be run.'))
} as unknown as InferenceBackend

/** Counts what it has started, so that a test can tell whether an engine was needed at all. */
export interface InProcessLauncher extends EngineLauncher {
  readonly launched: number
}

export function createInProcessLauncher(backend: InferenceBackend = noBackend): InProcessLauncher {
  let launched = 0
  return {
    get launched() {
      return launched
    },
    launch() {
      launched++
      let isAlive = true
      let toHost: ((message: EngineMessage) => void) | undefined
      let toEngine: ((message: HostMessage) => void) | undefined
      // Messages arrive later and as copies, as they do between processes.
      const deliver = <M>(message: M, receive: () => ((message: M) => void) | undefined) => {
        const copy = structuredClone(message)
        setImmediate(() => {
          if (isAlive) receive()?.(copy)
        })
      }
      serveEngine(
        {
          send: (message) => {
            deliver(message, () => toHost)
          },
          onMessage: (listener) => {
            toEngine = listener
          }
        },
        createJobs(backend, { nowMilliseconds: () => performance.now() })
      )
      return {
        send: (message) => {
          deliver(message, () => toEngine)
        },
        onMessage: (listener) => {
          toHost = listener
        },
        onExit: () => undefined,
        kill: () => {
          isAlive = false
        }
      }
    }
  }
}
