import { keptLogLines, type LogLine } from '@contract/job-log'
import type { EventHistory } from './event-history'

/** The latest lines that each job has written in this run of the host. */
export interface JobLog {
  /** Oldest first; empty for a job that has written none. */
  lines(jobId: string): readonly LogLine[]
}

/** Keeps what a page that comes later would have missed. A removed job takes its lines along. */
export function createJobLog(events: Pick<EventHistory, 'subscribe'>): JobLog {
  const kept = new Map<string, LogLine[]>()
  events.subscribe(({ event }) => {
    if (event.kind === 'job.removed') kept.delete(event.jobId)
    if (event.kind !== 'log.written') return
    const { jobId, at, text } = event
    const lines = kept.get(jobId) ?? []
    kept.set(jobId, [...lines.slice(1 - keptLogLines), { at, text }])
  })
  return { lines: (jobId) => kept.get(jobId) ?? [] }
}
