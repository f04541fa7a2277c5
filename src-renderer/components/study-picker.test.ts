// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { StudySummary } from '@contract/workbench-data'
import { openStoreHost, type StoreHost } from '../../tests/helpers/store-host'
import { setLanguage } from '../text/text'
import StudyPicker from './StudyPicker.vue'

let host: StoreHost

afterEach(() => {
  host.api.close()
})

async function statesOf(counts: Pick<StudySummary, 'completedTrialCount' | 'failedTrialCount'>[]) {
  setLanguage('en')
  const studies = counts.map((each, index) => ({
    studyId: String(index),
    name: `study ${index}`,
    createdAt: `2026-01-0${9 - index}T00:00:00Z`,
    trialCount: 9,
    ...each
  }))
  host = openStoreHost({ 'studies.list': () => studies, 'jobs.list': () => [] })
  const picker = mount(StudyPicker)
  await vi.waitUntil(() => picker.findAll('.state').length > 0)
  return picker.findAll('.state').map((each) => each.text())
}

describe('the list of studies', () => {
  it('tells a study with failed trials from a complete one', async () => {
    const states = await statesOf([
      { completedTrialCount: 9, failedTrialCount: 0 },
      { completedTrialCount: 7, failedTrialCount: 2 },
      { completedTrialCount: 3, failedTrialCount: 0 },
      { completedTrialCount: 0, failedTrialCount: 0 },
      { completedTrialCount: 0, failedTrialCount: 9 }
    ])
    expect(states).toEqual(['complete', '2 of 9 failed', 'not finished', 'nothing measured', '9 of 9 failed'])
  })
})
