// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StudyEstimate } from '@contract/study-estimate'
import { openStoreHost, type StoreHost } from '../../../tests/helpers/store-host'
import { useStudyForecastStore } from '../../stores/study-forecast'
import { setLanguage } from '../../text/text'
import StudyForecast from './StudyForecast.vue'

let host: StoreHost

beforeEach(() => {
  localStorage.clear()
  setLanguage('en')
  host = openStoreHost({})
})
afterEach(() => {
  host.api.close()
})

const estimate: StudyEstimate = {
  trials: [],
  seconds: null,
  diskBytes: { value: 12e9, basis: 'rule', trials: 0 },
  memoryBytes: { value: 5e9, basis: 'rule', trials: 0 },
  evaluationAudioSeconds: null,
  assumedMacsPerSecond: null,
  reuseObstacle: null,
  shortfalls: [
    { resource: 'disk', neededBytes: 12e9, availableBytes: 3e9, folder: '/work' },
    { resource: 'memory', neededBytes: 5e9, availableBytes: 2e9, folder: null }
  ]
}

describe('the forecast of a study that does not fit', () => {
  it('says what is missing, and lets it be started all the same', async () => {
    const forecast = useStudyForecastStore()
    const panel = mount(StudyForecast)
    forecast.estimate = estimate
    forecast.isOld = false
    await panel.vm.$nextTick()
    expect(panel.get('.shortfalls').text()).toContain(
      'Does not fit: needs about 12.00 GB of disk in /work, 3.00 GB are free.'
    )
    expect(panel.get('.shortfalls').text()).toContain(
      'Does not fit: needs about 5.00 GB of memory, 2.00 GB are available.'
    )
    await panel.get<HTMLInputElement>('.shortfalls input').setValue(true)
    expect(forecast.isForced).toBe(true)
    // Of a recipe that has changed since nothing is known.
    forecast.isOld = true
    await panel.vm.$nextTick()
    expect(panel.find('.shortfalls').exists()).toBe(false)
  })

  it('is not there for one that fits', async () => {
    const forecast = useStudyForecastStore()
    const panel = mount(StudyForecast)
    forecast.estimate = { ...estimate, shortfalls: [] }
    forecast.isOld = false
    await panel.vm.$nextTick()
    expect(panel.find('.shortfalls').exists()).toBe(false)
    expect(panel.text()).toContain('12.00 GB')
  })
})
