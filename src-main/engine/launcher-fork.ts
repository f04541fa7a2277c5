import { fork } from 'node:child_process'
import { env } from 'node:process'
import { WorkbenchError } from '@contract/errors'
import type { EngineExit, EngineLauncher } from './launcher'
import type { EngineMessage } from './protocol'

/** Lines of standard error that are kept to explain a crash. */
const keptErrorCharacters = 2000

/**
 * glibc moves the size from which it gives memory back to the system up to 32 MB when it sees large blocks freed, and small ones
 * that stay keep the rest of the heap from shrinking: of a model with thousands of layers that would double an engine. Here the
 * size stays at its first value. Other systems have no such variables.
 */
const environment = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

/**
 * New objects die in up to three spaces of 2 MB, not 16. And V8 collects its whole heap by what survives, which in an engine is
 * little beside what a decomposition leaves behind: with a first size of 64 MB no longer for every matrix.
 */
const heapOptions = ['--max-semi-space-size=2', '--initial-old-space-size=64']

/**
 * Starts engines with Node's `fork`.
 *
 * `entryFile`: the built engine entry. The engine dies with its host, since its channel closes.
 */
export function createForkLauncher(entryFile: string): EngineLauncher {
  return {
    launch() {
      const child = fork(entryFile, [], {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { ...environment, ...env },
        execArgv: ['--disable-warning=ExperimentalWarning', ...heapOptions]
      })
      let lastWords = ''
      child.stderr?.setEncoding('utf8')
      child.stderr?.on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-keptErrorCharacters)
      })
      return {
        processId: child.pid,
        send(message) {
          if (!child.connected)
            throw new WorkbenchError('crashed', 'The engine process is gone; start the job again.')
          // A failed write is a death whose exit follows; that is what gets reported.
          child.send(message, () => undefined)
        },
        onMessage(listener) {
          child.on('message', (message) => {
            listener(message as EngineMessage)
          })
        },
        onExit(listener) {
          let reported = false
          const report = (exit: EngineExit) => {
            if (!reported) listener(exit)
            reported = true
          }
          child.on('close', (code, signal) => {
            report({ code, signal, lastWords })
          })
          child.on('error', (error) => {
            // Other errors are followed by the exit, which knows more.
            if (child.pid === undefined) report({ code: null, signal: null, lastWords: error.message })
          })
        },
        kill() {
          child.kill('SIGKILL')
        }
      }
    }
  }
}
