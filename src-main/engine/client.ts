import { WorkbenchError, fromErrorWire, wrapError } from '@contract/errors'
import type { Progress } from '@contract/progress'
import type { TrainingEvent } from '@contract/training'
import type { UtteranceRecord } from '@contract/trial'
import { assertNever } from '../base/assert-never'
import type { EngineExit, EngineLauncher, EngineProcess } from './launcher'
import type { EngineMessage, EngineRequestName, EngineRequests, HostMessage } from './protocol'

/** What a caller may follow and stop while a request runs. */
export interface RequestOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  readonly onRecords?: (records: readonly UtteranceRecord[]) => void
  readonly onTraining?: (event: TrainingEvent) => void
}

/** Time that an engine has to stop by itself before it is killed; with the kill, a cancel takes under 2 s. */
const softStopMilliseconds = 1200

interface Pending {
  readonly process: EngineProcess
  readonly options: RequestOptions
  settle(outcome: { result: unknown } | { error: WorkbenchError }): void
}

/**
 * One engine process, started at the first request and again after it died.
 *
 * A request ends in a result, a coded error, `cancelled`, or `crashed` when the process went down under it. One that the
 * host has ended for a reason of its own, such as memory, ends its requests with that.
 */
export class EngineClient {
  readonly #launcher: EngineLauncher
  #process: EngineProcess | undefined
  readonly #pending = new Map<number, Pending>()
  #nextId = 1

  constructor(launcher: EngineLauncher) {
    this.#launcher = launcher
  }

  async request<N extends EngineRequestName>(
    name: N,
    params: EngineRequests[N]['params'],
    options: RequestOptions = {}
  ): Promise<EngineRequests[N]['result']> {
    const { signal } = options
    if (signal?.aborted) throw cancelled()
    const id = this.#nextId++
    const process = (this.#process ??= this.#start())
    return new Promise((resolve, reject) => {
      let killTimer: NodeJS.Timeout | undefined
      const cancel = () => {
        killTimer = setTimeout(() => {
          process.kill()
        }, softStopMilliseconds)
        sendIfAlive(process, { kind: 'cancel', id })
      }
      this.#pending.set(id, {
        process,
        options,
        settle: (outcome) => {
          clearTimeout(killTimer)
          signal?.removeEventListener('abort', cancel)
          this.#pending.delete(id)
          if ('result' in outcome) resolve(outcome.result as EngineRequests[N]['result'])
          else reject(signal?.aborted ? cancelled() : outcome.error)
        }
      })
      signal?.addEventListener('abort', cancel, { once: true })
      sendIfAlive(process, { kind: 'request', id, name, params } as HostMessage)
    })
  }

  /** Ends the process. Requests under way end as `crashed`; a later request starts a new process. */
  close(): void {
    this.#process?.kill()
    this.#process = undefined
  }

  #start(): EngineProcess {
    const process = this.#launcher.launch()
    process.onMessage((message) => {
      this.#receive(message)
    })
    process.onExit((exit) => {
      if (this.#process === process) this.#process = undefined
      const error = exit.reason ?? crashed(exit)
      for (const pending of [...this.#pending.values()]) {
        // A newer process may have requests of its own under way.
        if (pending.process === process) pending.settle({ error })
      }
    })
    return process
  }

  #receive(message: EngineMessage): void {
    if (message.kind === 'ready') return
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    switch (message.kind) {
      case 'progress':
        this.#tell(pending, ({ onProgress }) => onProgress?.(message.progress))
        return
      case 'records':
        this.#tell(pending, ({ onRecords }) => onRecords?.(message.records))
        return
      case 'training':
        this.#tell(pending, ({ onTraining }) => onTraining?.(message.event))
        return
      case 'result':
        pending.settle({ result: message.result })
        return
      case 'error':
        pending.settle({ error: fromErrorWire(message.error) })
        return
      default:
        assertNever(message)
    }
  }

  /**
   * Hands something to the one who asked. When they cannot take it, such as records on a full disk, the request ends with
   * their error: what else it would compute could not be kept either.
   */
  #tell(pending: Pending, hand: (options: RequestOptions) => void): void {
    try {
      hand(pending.options)
    } catch (thrown) {
      pending.settle({
        error: wrapError(thrown, 'internal', 'What an engine has computed could not be taken.')
      })
      if (this.#process === pending.process) this.#process = undefined
      pending.process.kill()
    }
  }
}

/** A message to a process that is dead already needs no answer here: its exit ends what it was asked. */
function sendIfAlive(process: EngineProcess, message: HostMessage): void {
  try {
    process.send(message)
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'crashed')) throw error
  }
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The job was cancelled.')
}

function crashed({ code, signal, lastWords }: EngineExit): WorkbenchError {
  const how = signal === null ? `with code ${code ?? 'unknown'}` : `by ${signal}`
  const words = lastWords.trim() === '' ? '' : ` Its last words: ${lastWords.trim().split('\n').at(-1) ?? ''}`
  return new WorkbenchError('crashed', `The engine process ended ${how}; what was finished is kept.${words}`)
}
