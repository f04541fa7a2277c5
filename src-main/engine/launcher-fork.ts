import { fork } from 'node:child_process'
import { WorkbenchError } from '@contract/errors'
import type { EngineExit, EngineLauncher } from './launcher'
import { engineProcessOptions } from './launcher-options'
import type { EngineMessage } from './protocol'

/** Lines of standard error that are kept to explain a crash. */
const keptErrorCharacters = 2000

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
        ...engineProcessOptions
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
