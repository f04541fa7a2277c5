/**
 * One engine process that stays alive between quick questions about one model, so that what it has decoded and factorised
 * need not be read again for the next one.
 */
import { WorkbenchError } from '@contract/errors'
import type { UtteranceRecord } from '@contract/trial'
import { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import type { EngineRequestName, EngineRequests } from '../engine/protocol'

export interface QuestionOptions {
  readonly signal?: AbortSignal
  /** Of questions with the same topic only the newest waits: the one before it ends as `cancelled`. */
  readonly topic?: string
  /** Gets the records of an evaluation as they are made. */
  readonly onRecords?: (records: readonly UtteranceRecord[]) => void
}

export interface InteractiveEngine {
  /**
   * Asks the engine, which is started when there is none. Questions are answered one at a time, in order.
   *
   * @throws WorkbenchError what the engine throws; `crashed` when it died under the question, and the next one starts
   * a new engine; `cancelled` when the question was taken back, superseded, or the engine closed for good.
   */
  ask<N extends EngineRequestName>(
    name: N,
    params: EngineRequests[N]['params'],
    options?: QuestionOptions
  ): Promise<EngineRequests[N]['result']>
  /** Ends the engine; questions under way and later ones end as `cancelled`. Twice is harmless. */
  close(): void
}

/** How long an engine without questions is kept: memory of a large model is worth giving back. */
const defaultIdleMilliseconds = 5 * 60_000

interface Question {
  readonly topic: string | undefined
  /** Puts the question to the engine; never rejects. */
  run(): Promise<void>
  cancel(message: string): void
}

/** Starts nothing before the first question. */
export function createInteractiveEngine(
  launcher: EngineLauncher,
  { idleMilliseconds = defaultIdleMilliseconds }: { readonly idleMilliseconds?: number } = {}
): InteractiveEngine {
  const client = new EngineClient(launcher)
  const waiting: Question[] = []
  const closing = new AbortController()
  let isBusy = false
  let idleTimer: NodeJS.Timeout | undefined

  async function work(): Promise<void> {
    if (isBusy) return
    isBusy = true
    clearTimeout(idleTimer)
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.run()
    isBusy = false
    if (closing.signal.aborted) return
    idleTimer = setTimeout(() => {
      client.close()
    }, idleMilliseconds)
    // An idle engine must not keep its host from ending.
    idleTimer.unref()
  }

  function supersede(topic: string): void {
    const index = waiting.findIndex((question) => question.topic === topic)
    if (index >= 0) waiting.splice(index, 1)[0]?.cancel('A newer question took the place of this one.')
  }

  return {
    ask: (name, params, { signal, topic, onRecords } = {}) =>
      new Promise((resolve, reject) => {
        const cancel = (message: string) => {
          reject(new WorkbenchError('cancelled', message))
        }
        if (closing.signal.aborted) {
          cancel('The workbench is closed.')
          return
        }
        if (topic !== undefined) supersede(topic)
        const heard = onRecords === undefined ? {} : { onRecords }
        const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
        waiting.push({
          topic,
          run: () => client.request(name, params, { signal: ended, ...heard }).then(resolve, reject),
          cancel
        })
        void work()
      }),
    close() {
      closing.abort()
      clearTimeout(idleTimer)
      for (const question of waiting.splice(0)) question.cancel('The workbench is closed.')
      client.close()
    }
  }
}
