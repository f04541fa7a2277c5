import { describe, expect, it } from 'vitest'
import { keptLogLines } from '@contract/job-log'
import { createEventHistory } from './event-history'
import { createJobLog } from './job-log'

describe('the log of a job', () => {
  const events = createEventHistory('session')
  const log = createJobLog(events)
  const write = (jobId: string, text: string) => {
    events.publish({ kind: 'log.written', jobId, at: '2026-01-01T00:00:00Z', text })
  }
  const texts = (jobId: string) => log.lines(jobId).map(({ text }) => text)

  it('is kept per job, the latest lines of it, until the job is removed', () => {
    write('a', 'first')
    write('b', 'other')
    expect(log.lines('a')).toEqual([{ at: '2026-01-01T00:00:00Z', text: 'first' }])
    for (let i = 1; i <= keptLogLines; i++) write('a', `line ${i}`)
    expect(texts('a')).toHaveLength(keptLogLines)
    expect(texts('a')[0]).toBe('line 1')
    expect(texts('a').at(-1)).toBe(`line ${keptLogLines}`)
    events.publish({ kind: 'job.removed', jobId: 'a' })
    expect(texts('a')).toEqual([])
    expect(texts('b')).toEqual(['other'])
  })
})
