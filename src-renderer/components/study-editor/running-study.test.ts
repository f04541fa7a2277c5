// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Job } from '@contract/job'
import type { StudySummary } from '@contract/workbench-data'
import { baselineTrial } from '../../../tests/helpers/trial-reports'
import { openStoreHost, type StoreHost } from '../../../tests/helpers/store-host'
import { setLanguage } from '../../text/text'
import RunningStudy from './RunningStudy.vue'

const job: Job = {
  jobId: 'j',
  kind: 'study',
  name: 'night study',
  state: 'running',
  stopping: null,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  error: null,
  failedTrials: null,
  studyId: 's',
  trainingId: null,
  progress: null
}

let host: StoreHost
let summary: StudySummary

beforeEach(() => {
  setLanguage('en')
  summary = {
    studyId: 's',
    name: 'night study',
    createdAt: '2026-01-01T00:00:00Z',
    trialCount: 3,
    completedTrialCount: 0,
    failedTrialCount: 0
  }
  host = openStoreHost({ 'studies.list': () => [summary], 'jobs.list': () => [] })
})
afterEach(() => {
  host.api.close()
})

async function show(changes: Partial<Job> = {}) {
  const panel = mount(RunningStudy, { props: { job: { ...job, ...changes }, failure: undefined } })
  await vi.waitUntil(() => host.asked.some(({ name }) => name === 'studies.list'))
  await flushPromises()
  return panel
}

describe('the study that was started from a draft', () => {
  it('leads to its points as soon as there is one, not before', async () => {
    const panel = await show()
    expect(panel.text()).not.toContain('See the points')
    // One that failed is no point.
    summary = { ...summary, failedTrialCount: 1 }
    host.publish({ kind: 'trial.ended', jobId: 'j', trial: baselineTrial })
    await flushPromises()
    expect(panel.text()).not.toContain('See the points')
    summary = { ...summary, completedTrialCount: 1 }
    host.publish({ kind: 'trial.ended', jobId: 'j', trial: baselineTrial })
    await vi.waitUntil(() => panel.text().includes('See the points'))
  })

  it('does not lead to the points of another study', async () => {
    summary = { ...summary, studyId: 'other', completedTrialCount: 3 }
    expect((await show()).text()).not.toContain('See the points')
    expect((await show({ studyId: null })).text()).not.toContain('See the points')
  })

  it('is not simply completed when trials of it failed', async () => {
    const panel = await show({ state: 'completed', failedTrials: { count: 2, first: [] } })
    expect(panel.get('.state').text()).toBe('Completed, 2 failed')
  })
})
