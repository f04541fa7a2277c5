/**
 * The engine's side of the protocol: takes requests one at a time and answers them. Runs in an engine process only.
 */
import { WorkbenchError, toErrorWire } from '@contract/errors'
import type { Progress } from '@contract/progress'
import type { TrainingEvent } from '@contract/training'
import type { UtteranceRecord } from '@contract/trial'
import type { CancelSignal } from '../base/abort'
import type { EngineMessage, EngineRequestName, EngineRequests, HostMessage } from './protocol'

/** What a running job is given. */
export interface JobContext {
  readonly signal: CancelSignal
  /** Reports progress; calls closer together than the display can use are dropped, except a stage's last. */
  progress(progress: Progress): void
  records(records: readonly UtteranceRecord[]): void
  /** Lets queued messages, such as a cancel, be read. Call between steps. */
  breathe(): Promise<void>
}

/** What a job that trains is given besides. */
export interface TrainingContext extends JobContext {
  training(event: TrainingEvent): void
}

export type Jobs = {
  readonly [N in EngineRequestName]: (
    params: EngineRequests[N]['params'],
    context: TrainingContext
  ) => Promise<EngineRequests[N]['result']>
}

/** The two ends of a channel to the host. */
export interface EngineChannel {
  send(message: EngineMessage): void
  onMessage(listener: (message: HostMessage) => void): void
}

const progressIntervalMilliseconds = 80

/** Answers the channel's requests with `jobs`, in the order they come. */
export function serveEngine(channel: EngineChannel, jobs: Jobs): void {
  const cancelled = new Set<number>()
  let queue = Promise.resolve()
  channel.onMessage((message) => {
    if (message.kind === 'cancel') {
      cancelled.add(message.id)
      return
    }
    queue = queue.then(() => answer(message))
  })
  channel.send({ kind: 'ready' })

  async function answer(request: Extract<HostMessage, { kind: 'request' }>): Promise<void> {
    const { id } = request
    try {
      const result = await runJob(jobs, request, createContext(id))
      channel.send({ kind: 'result', id, result })
    } catch (error) {
      channel.send({ kind: 'error', id, error: toErrorWire(error) })
    } finally {
      cancelled.delete(id)
    }
  }

  function createContext(id: number): TrainingContext {
    let lastSent = 0
    let lastStage = ''
    return {
      signal: {
        get aborted() {
          return cancelled.has(id)
        }
      },
      progress(progress) {
        const now = performance.now()
        const isLast = progress.completed >= progress.total
        if (progress.stage === lastStage && !isLast && now - lastSent < progressIntervalMilliseconds) return
        lastSent = now
        lastStage = progress.stage
        channel.send({ kind: 'progress', id, progress })
      },
      records(records) {
        channel.send({ kind: 'records', id, records })
      },
      training(event) {
        channel.send({ kind: 'training', id, event })
      },
      breathe: () => new Promise((resolve) => setImmediate(resolve))
    }
  }
}

function runJob(
  jobs: Jobs,
  { name, params }: Extract<HostMessage, { kind: 'request' }>,
  context: TrainingContext
): Promise<unknown> {
  if (!Object.hasOwn(jobs, name)) {
    throw new WorkbenchError('protocol', `The engine does not know the request ${JSON.stringify(name)}.`)
  }
  // That the parameters are those of the job of the same name is what the type of a message says; the compiler cannot
  // follow it through a union.
  const job = jobs[name] as (params: unknown, context: TrainingContext) => Promise<unknown>
  return job(params, context)
}
