import { utilityProcess } from 'electron'
import { WorkbenchError } from '@contract/errors'
import type { EngineLauncher } from '../../engine/launcher'
import type { EngineProcessOptions } from '../../engine/launcher-options'
import type { EngineMessage } from '../../engine/protocol'

/** Name of engines among the app's processes. */
export const engineServiceName = 'Lathe engine'

/** Characters of standard error that are kept to explain a crash. */
const keptErrorCharacters = 2000

/**
 * Starts engines as utility processes of Electron: real processes, which may crash or be killed without a window
 * noticing. Only after the app is ready.
 *
 * `entryFile`: the built engine entry. The engine dies with the app, whose child it is.
 */
export function createUtilityProcessLauncher(
  entryFile: string,
  options: EngineProcessOptions
): EngineLauncher {
  return {
    launch() {
      const child = utilityProcess.fork(entryFile, [], {
        serviceName: engineServiceName,
        stdio: ['ignore', 'ignore', 'pipe'],
        ...options
      })
      let lastWords = ''
      let isGone = false
      child.stderr?.setEncoding('utf8')
      child.stderr?.on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-keptErrorCharacters)
      })
      child.once('exit', () => {
        isGone = true
      })
      return {
        get processId() {
          return child.pid
        },
        send(message) {
          if (isGone) throw new WorkbenchError('crashed', 'The engine process is gone; start the job again.')
          child.postMessage(message)
        },
        onMessage(listener) {
          child.on('message', (message: EngineMessage) => {
            listener(message)
          })
        },
        onExit(listener) {
          child.once('exit', (code) => {
            // Electron does not tell signals apart from codes.
            listener({ code, signal: null, lastWords })
          })
        },
        kill() {
          child.kill()
        }
      }
    }
  }
}
