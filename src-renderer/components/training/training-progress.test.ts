// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Job } from '@contract/job'
import { setLanguage } from '../../text/text'
import TrainingProgress from './TrainingProgress.vue'

const job: Job = {
  jobId: 'j',
  kind: 'training',
  name: 'night training',
  state: 'running',
  stopping: null,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  error: null,
  failedTrials: null,
  studyId: null,
  trainingId: 't',
  progress: null
}
const progress = {
  completed: 3,
  total: 4,
  unit: 'utterances',
  trialsEnded: 0,
  trialsTotal: 0,
  stageRemainingSeconds: 60,
  remainingSeconds: 60
}

let shown: VueWrapper
beforeEach(() => {
  setLanguage('en')
})
afterEach(() => {
  shown.unmount()
})

function show(changes: Partial<Job>): string {
  shown = mount(TrainingProgress, {
    props: { job: { ...job, ...changes }, pace: undefined, failure: undefined }
  })
  return shown.text()
}

it('tells the time left of the steps, not that of what comes before them', () => {
  expect(show({ progress: { ...progress, stage: 'hear development set' } })).not.toContain('left')
  shown.unmount()
  expect(show({ progress: { ...progress, stage: 'train', unit: 'steps' } })).toContain('left')
})

it.each([
  ['failed', 'Try again'],
  ['cancelled', 'Go on'],
  ['paused', 'Go on']
] as const)('one that is %s offers to %s', (state, offer) => {
  show({ state })
  expect(shown.findAll('button').map((each) => each.text())).toContain(offer)
})

it('says why it failed', () => {
  const error = { code: 'numerical', message: 'The training left the finite numbers at step 2.' } as const
  expect(show({ state: 'failed', error: { ...error, details: {} } })).toContain(
    'left the finite numbers at step 2'
  )
})
