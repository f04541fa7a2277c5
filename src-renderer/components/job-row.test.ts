// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '@contract/job'
import { setLanguage } from '../text/text'
import JobRow from './JobRow.vue'

const job: Job = {
  jobId: 'j',
  kind: 'study',
  name: 'night study',
  state: 'completed',
  stopping: null,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:10:00Z',
  error: null,
  failedTrials: null,
  studyId: 's',
  trainingId: null,
  progress: null
}
const failedTrials = {
  count: 23,
  first: [
    { name: 'weight-svd 50%', state: 'failed', message: 'The layer gave no numbers.' },
    { name: 'asvd 50%', state: 'poisoned', message: 'The engine ended twice.' }
  ]
} as const

let row: VueWrapper

beforeEach(() => {
  setLanguage('en')
})
afterEach(() => {
  row.unmount()
})

function show(changes: Partial<Job> = {}, place?: { isFirst: boolean; isLast: boolean }): VueWrapper {
  row = mount(JobRow, {
    props: { job: { ...job, ...changes }, log: undefined, failure: undefined, hasResults: true, place },
    attachTo: document.body
  })
  return row
}

const buttons = () => row.findAll('button').map((each) => each.attributes('aria-label') ?? each.text())
const button = (name: string) => row.findAll('button').find((each) => each.text() === name)!

describe('the row of a job', () => {
  it('is an article that is named for its job, with the group of what can be done', () => {
    show()
    const article = row.get('article')
    expect(row.get(`#${article.attributes('aria-labelledby')!}`).text()).toBe('night study')
    expect(row.get('[role=group]').attributes('aria-label')).toBe('Actions for night study')
    expect([row.get('.state').text(), buttons()]).toEqual(['Completed', ['Open results', 'Log ▸', 'Remove']])
    expect(row.find('details').exists()).toBe(false)
  })

  it('that is completed but for failed trials says so, names them with their reasons, and tries them again', async () => {
    show({ failedTrials })
    expect(row.get('.state').text()).toBe('Completed, 23 failed')
    const details = row.get('details')
    expect(details.get('summary').text()).toBe('23 trials have no result')
    expect(details.findAll('dt').map((each) => each.text())).toEqual(['weight-svd 50%', 'asvd 50%'])
    expect(details.findAll('dd').map((each) => each.text())).toEqual([
      'failed: The layer gave no numbers.',
      'poisoned: The engine ended twice.'
    ])
    expect(details.text()).toContain('and 21 more')
    await button('Try failed trials again').trigger('click')
    expect(row.emitted('resume')).toHaveLength(1)
  })

  it('moves in the queue by Alt and an arrow, wherever in it the focus is, and only in the queue', async () => {
    show({ state: 'waiting' }, { isFirst: true, isLast: false })
    expect(buttons()).toContain('Move night study up')
    expect(row.get('[aria-label="Move night study up"]').attributes('disabled')).toBeDefined()
    await button('Cancel').trigger('keydown', { key: 'ArrowDown', altKey: true })
    await button('Cancel').trigger('keydown', { key: 'ArrowDown' })
    expect(row.emitted('moveBy')).toEqual([[1]])
    row.unmount()
    show({ state: 'waiting' })
    await button('Cancel').trigger('keydown', { key: 'ArrowDown', altKey: true })
    expect(row.emitted('moveBy')).toBeUndefined()
  })

  it.each([
    ['running', ['Pause', 'Cancel', 'Open results', 'Log ▸']],
    ['paused', ['Resume', 'Cancel', 'Open results', 'Log ▸', 'Remove']],
    ['failed', ['Resume', 'Open results', 'Log ▸', 'Remove']]
  ] as const)('offers what a %s job allows', (state, expected) => {
    show({ state })
    expect(buttons()).toEqual(expected)
  })

  it('offers no results where there is nothing to see yet', async () => {
    show({ state: 'running' })
    expect(buttons()).toContain('Open results')
    await row.setProps({ hasResults: false })
    expect(buttons()).toEqual(['Pause', 'Cancel', 'Log ▸'])
  })

  it('says in Japanese what the job does and how long it will take', () => {
    setLanguage('ja')
    const stage = '[2/9] int8: evaluate on night.jsonl'
    const progress = { stage, completed: 3, total: 8, unit: 'utterances', trialsEnded: 1, trialsTotal: 9 }
    show({
      state: 'running',
      progress: { ...progress, stageRemainingSeconds: 12, remainingSeconds: 185 }
    })
    expect(row.get('.stage').text()).toBe('[2/9] int8: night.jsonl で評価3 / 8 発話  · この工程の残り 12 秒')
    expect(row.get('.line').text()).toContain('残り約 3 分 05 秒')
  })

  it('says why the last change of it failed', () => {
    row = mount(JobRow, { props: { job, log: undefined, failure: 'It cannot be paused.', hasResults: true } })
    expect(row.get('[role=alert]').text()).toBe('It cannot be paused.')
  })
})
