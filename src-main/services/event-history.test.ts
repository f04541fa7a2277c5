import { describe, expect, it } from 'vitest'
import { createEventHistory, type EventHistory } from './event-history'

const length = 4

function published(count: number): EventHistory {
  const history = createEventHistory('run 1', length)
  for (let n = 1; n <= count; n++) history.publish({ kind: 'job.removed', jobId: String(n) })
  return history
}

/** The sequence numbers that a page at this point is told, or that it must load everything again. */
function replayed(history: EventHistory, sequence: number, session = 'run 1'): number[] | 'reload' {
  const { events, mustReload } = history.replay({ session, sequence })
  if (mustReload) expect(events).toEqual([])
  return mustReload ? 'reload' : events.map((event) => event.sequence)
}

describe('the history of events', () => {
  it.each([
    [0, 0, []],
    [3, 3, []],
    [3, 1, [2, 3]],
    [4, 0, [1, 2, 3, 4]],
    [5, 0, 'reload'],
    [5, 1, [2, 3, 4, 5]],
    [30, 26, [27, 28, 29, 30]],
    [30, 25, 'reload'],
    [31, 27, [28, 29, 30, 31]]
  ])('after %i events, from event %i on: %j', (count, sequence, expected) => {
    expect(replayed(published(count), sequence)).toEqual(expected)
  })

  it('tells a page of another run, or one that knows more than has happened, to load everything again', () => {
    expect(replayed(published(3), 3, 'run 0')).toBe('reload')
    expect(replayed(published(3), 4)).toBe('reload')
  })

  it('tells a new page nothing of what was before', () => {
    expect(published(3).replay(null)).toEqual({ events: [], mustReload: false })
  })

  it('stops telling who has left', () => {
    const history = published(0)
    const told: number[] = []
    const stop = history.subscribe(({ sequence }) => told.push(sequence))
    history.publish({ kind: 'job.removed', jobId: 'a' })
    stop()
    history.publish({ kind: 'job.removed', jobId: 'b' })
    expect(told).toEqual([1])
    expect(history.sequence).toBe(2)
  })
})
