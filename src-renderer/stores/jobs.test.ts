import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { Job } from '@contract/job'
import { keptLogLines } from '@contract/job-log'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { useJobsStore } from './jobs'

const job = (jobId: string, state: Job['state'], change: Partial<Job> = {}): Job => ({
  jobId,
  kind: 'study',
  name: `job ${jobId}`,
  state,
  stopping: null,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  error: null,
  failedTrials: null,
  studyId: null,
  trainingId: null,
  progress: null,
  ...change
})

let host: StoreHost
let handlers: StoreHandlers
let listed: Job[]

beforeEach(() => {
  listed = [
    job('done', 'completed', { finishedAt: '2026-01-01T01:00:00Z' }),
    job('a', 'running'),
    job('b', 'waiting'),
    job('broken', 'failed', { finishedAt: '2026-01-01T02:00:00Z' }),
    job('c', 'paused')
  ]
  handlers = { 'jobs.list': () => listed }
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

async function opened() {
  const jobs = useJobsStore()
  await vi.waitUntil(() => jobs.all)
  return jobs
}
const ids = (jobs: readonly Job[]) => jobs.map(({ jobId }) => jobId)

describe('the queue of a page', () => {
  it('has what waits in its order, and what has ended with the last first', async () => {
    const jobs = await opened()
    expect(ids(jobs.queued)).toEqual(['a', 'b', 'c'])
    expect(ids(jobs.ended)).toEqual(['broken', 'done'])
    expect(ids(jobs.running)).toEqual(['a'])
  })

  it('follows what the host tells', async () => {
    const jobs = await opened()
    host.publish({ kind: 'job.changed', job: job('a', 'completed', { finishedAt: '2026-01-01T03:00:00Z' }) })
    host.publish({ kind: 'job.changed', job: job('d', 'waiting') })
    host.publish({ kind: 'queue.reordered', jobIds: ['d', 'c', 'b', 'a', 'broken', 'done'] })
    host.publish({ kind: 'job.removed', jobId: 'broken' })
    await vi.waitUntil(() => ids(jobs.ended).length === 2)
    expect(ids(jobs.queued)).toEqual(['d', 'c', 'b'])
    expect(ids(jobs.ended)).toEqual(['a', 'done'])
  })

  it('is read again when events were missed', async () => {
    const jobs = await opened()
    listed = [job('new', 'waiting')]
    host.restart()
    await vi.waitUntil(() => ids(jobs.queued).includes('new'))
    expect(ids(jobs.queued)).toEqual(['new'])
  })

  it.each([
    ['b', -1, { jobId: 'b', beforeJobId: 'a' }],
    ['a', 1, { jobId: 'a', beforeJobId: 'c' }],
    ['b', 1, { jobId: 'b', beforeJobId: null }]
  ] as const)('moves %s by %i place', async (jobId, step, params) => {
    const jobs = await opened()
    handlers['jobs.move'] = () => listed
    await jobs.moveBy(jobId, step)
    expect(host.asked.at(-1)).toEqual({ name: 'jobs.move', params })
  })

  it('moves nothing beyond its ends', async () => {
    const jobs = await opened()
    const before = host.asked.length
    await jobs.moveBy('a', -1)
    await jobs.moveBy('c', 1)
    await jobs.moveBy('done', 1)
    expect(host.asked).toHaveLength(before)
  })

  it('shows a change that was refused at its job, until one succeeds', async () => {
    const jobs = await opened()
    handlers['jobs.pause'] = () => {
      throw new WorkbenchError('conflict', 'It has ended already.')
    }
    await jobs.pause('a')
    expect(jobs.failures).toEqual({ a: 'It has ended already.' })
    handlers['jobs.resume'] = () => job('a', 'running')
    await jobs.resume('a')
    expect(host.asked.at(-1)).toEqual({ name: 'jobs.resume', params: { jobId: 'a' } })
    await jobs.resumeForced('a')
    expect(host.asked.at(-1)).toEqual({ name: 'jobs.resume', params: { jobId: 'a', force: true } })
    expect(jobs.failures).toEqual({})
  })
})

describe('removing a job', () => {
  it('can be taken back, since the host is told only afterwards', async () => {
    const jobs = await opened()
    const [broken, done] = jobs.ended
    await jobs.remove(broken!)
    expect(ids(jobs.ended)).toEqual(['done'])
    jobs.undoRemoval()
    expect(ids(jobs.ended)).toEqual(['broken', 'done'])
    expect(host.asked.map(({ name }) => name)).not.toContain('jobs.remove')
    handlers['jobs.remove'] = ({ jobId }) => ({ jobId })
    await jobs.remove(broken!)
    // The next one makes the one before final.
    await jobs.remove(done!)
    expect(host.asked.at(-1)).toEqual({ name: 'jobs.remove', params: { jobId: 'broken' } })
    await jobs.commitRemoval()
    expect(host.asked.at(-1)).toEqual({ name: 'jobs.remove', params: { jobId: 'done' } })
    expect(jobs.ended).toEqual([])
  })

  it('brings the job back when the host refuses', async () => {
    const jobs = await opened()
    handlers['jobs.remove'] = () => {
      throw new WorkbenchError('conflict', 'It runs again.')
    }
    await jobs.remove(jobs.ended[0]!)
    await jobs.commitRemoval()
    expect(ids(jobs.ended)).toEqual(['broken', 'done'])
    expect(jobs.failures).toEqual({ broken: 'It runs again.' })
  })
})

describe('the log of a job', () => {
  const write = (jobId: string, text: string) => {
    host.publish({ kind: 'log.written', jobId, at: '2026-01-01T00:00:00Z', text })
  }

  it('begins with what the host kept, follows, and keeps the latest lines', async () => {
    const jobs = await opened()
    handlers['jobs.log'] = () => [{ at: '2026-01-01T00:00:00Z', text: 'kept' }]
    await jobs.openLog('a')
    expect(jobs.logs.a?.map(({ text }) => text)).toEqual(['kept'])
    write('b', 'not asked for')
    for (let i = 1; i <= keptLogLines; i++) write('a', `line ${i}`)
    await vi.waitUntil(() => jobs.logs.a?.at(-1)?.text === `line ${keptLogLines}`)
    expect(jobs.logs.a).toHaveLength(keptLogLines)
    expect(jobs.logs.a?.[0]?.text).toBe('line 1')
    expect(jobs.logs).not.toHaveProperty('b')
    jobs.closeLog('a')
    expect(jobs.logs).toEqual({})
  })
})
