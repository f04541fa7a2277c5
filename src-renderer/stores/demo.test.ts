import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { Job } from '@contract/job'
import type { Recipe } from '@contract/recipe'
import type { RecipeCheck, StudySummary } from '@contract/workbench-data'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { useDemoStore } from './demo'

const recipePath = '/lathe/recipes/demo.json'
const job = (changes: Partial<Job> = {}) =>
  ({ jobId: 'j', kind: 'study', name: 'demo', state: 'running', createdAt: '2026-01-01', ...changes }) as Job
const check: RecipeCheck = {
  isValid: true,
  recipe: { name: 'demo' } as Recipe,
  trialNames: ['baseline', 'int8', 'a'],
  missingPaths: []
}

let host: StoreHost
let handlers: StoreHandlers
let isAdded: boolean
let studies: Pick<StudySummary, 'name' | 'completedTrialCount' | 'trialCount'>[]
let jobs: Job[]

beforeEach(() => {
  isAdded = true
  studies = []
  jobs = []
  handlers = {
    'library.list': () => ({ entries: [], demo: { recipePath, isAdded } }),
    'recipe.read': () => ({ text: '{}', folder: '/lathe/recipes' }),
    'recipe.check': () => check,
    'studies.list': () => studies.map((study) => ({ createdAt: '2026-01-01', ...study }) as StudySummary),
    'jobs.list': () => jobs
  }
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

const asked = (name: string) => host.asked.filter((call) => call.name === name)
/** Until everything that is asked at once has been answered. */
const answered = () =>
  vi.waitUntil(() => ['library.list', 'studies.list', 'jobs.list'].every((name) => asked(name).length > 0))

describe('the demo', () => {
  it('is offered with what its recipe says, once its model is in the library', async () => {
    isAdded = false
    const demo = useDemoStore()
    await answered()
    expect(demo.isOffered).toBe(false)
    expect(asked('recipe.read')).toEqual([])
    isAdded = true
    host.publish({ kind: 'library.changed' })
    await vi.waitUntil(() => demo.isOffered)
    expect(demo.study).toEqual({ name: 'demo', trialCount: 3 })
    expect(demo.canStart).toBe(true)
  })

  it('starts its study as it is in the file, and follows the job', async () => {
    const demo = useDemoStore()
    await vi.waitUntil(() => demo.isOffered)
    handlers['jobs.start'] = () => job()
    expect(await demo.start()).toBe(true)
    expect(asked('jobs.start')).toEqual([
      { name: 'jobs.start', params: { kind: 'study', recipe: { path: recipePath } } }
    ])
    host.publish({ kind: 'job.changed', job: job() })
    await vi.waitUntil(() => demo.job)
    expect(demo.canStart).toBe(false)
    host.publish({ kind: 'job.changed', job: job({ state: 'cancelled' }) })
    await vi.waitUntil(() => demo.canStart)
  })

  it('leaves what waits to the queue, and takes the job started last', async () => {
    jobs = [
      job({ jobId: 'training', kind: 'training', createdAt: '2026-01-04' }),
      job({ jobId: 'new', state: 'paused', createdAt: '2026-01-03' }),
      job({ jobId: 'old', state: 'failed', createdAt: '2026-01-02' }),
      job({ jobId: 'other', name: 'other', createdAt: '2026-01-04' })
    ]
    const demo = useDemoStore()
    await vi.waitUntil(() => demo.isOffered)
    expect(demo.job?.jobId).toBe('new')
    expect(demo.canStart).toBe(false)
  })

  it('is no longer offered when all of its study is measured', async () => {
    studies = [{ name: 'demo', completedTrialCount: 2, trialCount: 3 }]
    const demo = useDemoStore()
    await vi.waitUntil(() => demo.isOffered)
    studies = [{ name: 'demo', completedTrialCount: 3, trialCount: 3 }]
    host.publish({ kind: 'job.changed', job: job({ state: 'completed' }) })
    await vi.waitUntil(() => !demo.isOffered)
  })

  it('says why it cannot be started, and why its recipe cannot be read', async () => {
    const demo = useDemoStore()
    await vi.waitUntil(() => demo.isOffered)
    handlers['jobs.start'] = () => {
      throw new WorkbenchError('io', 'The disk is full.')
    }
    expect(await demo.start()).toBe(false)
    expect(demo.failure).toBe('The disk is full.')

    host.api.close()
    host = openStoreHost({
      ...handlers,
      'recipe.check': () => ({ isValid: false, message: 'It has no grids.', place: '' })
    })
    const broken = useDemoStore()
    await vi.waitUntil(() => broken.failure)
    expect(broken.failure).toBe('It has no grids.')
    expect(broken.isOffered).toBe(true)
    expect(broken.study).toBeUndefined()
  })
})
