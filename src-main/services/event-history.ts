/**
 * The events of one run of the host, numbered, the latest of them kept: what a page missed while its connection was
 * lost is told again from here.
 */
import type { SequencedEvent, WorkbenchEvent } from '@contract/events'
import type { ResumePoint } from '@contract/wire'

/** What a page that comes back is told. */
export interface Replay {
  readonly events: readonly SequencedEvent[]
  /** True when the history does not reach back to the page's last event, or belongs to another run. */
  readonly mustReload: boolean
}

export interface EventHistory {
  /** Names this run of the host: sequence numbers of another run mean nothing here. */
  readonly session: string
  /** Number of the latest event; 0 before the first. */
  readonly sequence: number
  publish(event: WorkbenchEvent): void
  /** What came after `resume`; nothing for a page that comes for the first time (null). */
  replay(resume: ResumePoint | null): Replay
  /** Calls `listener` with every later event, in order; returns how to stop. */
  subscribe(listener: (event: SequencedEvent) => void): () => void
}

/** At five events a second, about seven minutes without a connection. */
export const defaultHistoryLength = 2048

export function createEventHistory(session: string, length = defaultHistoryLength): EventHistory {
  // A plain list that is cut now and then: simpler than a ring, and cutting costs little per event.
  let kept: SequencedEvent[] = []
  let sequence = 0
  const listeners = new Set<(event: SequencedEvent) => void>()
  return {
    session,
    get sequence() {
      return sequence
    },
    publish(event) {
      const sequenced = { sequence: ++sequence, event }
      kept.push(sequenced)
      if (kept.length >= 2 * length) kept = kept.slice(-length)
      for (const listener of [...listeners]) listener(sequenced)
    },
    replay(resume) {
      if (resume === null) return { events: [], mustReload: false }
      const first = sequence - Math.min(length, kept.length) + 1
      const isKnown =
        resume.session === session && resume.sequence <= sequence && resume.sequence >= first - 1
      if (!isKnown) return { events: [], mustReload: true }
      return { events: kept.slice(kept.length - (sequence - resume.sequence)), mustReload: false }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}
