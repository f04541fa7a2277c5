import { createPinia, setActivePinia } from 'pinia'
import { createApp } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallName } from '@contract/calls'
import { toErrorWire, WorkbenchError } from '@contract/errors'
import { createApi, type Api } from '../api/client'
import { inMemoryChannel } from '../api/in-memory'
import { hostKey } from '../app/host'
import { useStudyDraftStore } from './study-draft'
import { useStudyForecastStore } from './study-forecast'

type Answers = Partial<Record<CallName, (params: { text: string; folder: string }) => unknown>>
type Message = { kind: string; id?: number; name?: CallName; params?: { text: string; folder: string } }

let api: Api
let answers: Answers
let asked: { name: CallName; params: unknown }[]
let cancelled: number

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  cancelled = 0
  answers = {
    'recipe.check': () => ({ isValid: true, recipe: {}, trialNames: ['baseline', 'int8'], missingPaths: [] }),
    'recipe.estimate': () => ({ trials: [], seconds: null, shortfalls: [] }),
    'jobs.start': () => ({ jobId: 'j1', name: 'first', studyId: null }),
    'recipe.read': () => ({ text: '{}', folder: '/f' }),
    'studies.list': () => [{ studyId: 's1', name: 'first' }]
  }
  api = createApi(
    inMemoryChannel((page) => ({
      receive(message) {
        const { kind, id = 0, name, params } = message as Message
        if (kind === 'hello')
          page.send({ kind: 'welcome', protocol: 1, session: 's', sequence: 0, mustReload: false })
        if (kind === 'cancel') cancelled++
        if (kind !== 'request' || name === undefined) return
        asked.push({ name, params })
        try {
          const result = answers[name]?.(params ?? { text: '', folder: '' })
          if (result !== undefined) page.send({ kind: 'result', id, result })
        } catch (thrown) {
          page.send({ kind: 'error', id, error: toErrorWire(thrown) })
        }
      },
      end: () => undefined
    }))
  )
  const app = createApp({})
  app.provide(hostKey, api)
  const pinia = createPinia()
  app.use(pinia)
  setActivePinia(pinia)
})
afterEach(() => {
  api.close()
  vi.useRealTimers()
})

function begun() {
  const draft = useStudyDraftStore()
  const forecast = useStudyForecastStore()
  draft.begin({ name: 'first', model: '/m', calibrationSet: '/c', evaluationSet: '/e' }, '/f')
  return { draft, forecast }
}

const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)
const names = () => asked.map(({ name }) => name)

describe('the forecast of a draft', () => {
  it('asks at a pause of typing, first for the trials and later for the estimate', async () => {
    const { draft, forecast } = begun()
    draft.edit({ name: 'a' }, 'name')
    await wait(200)
    draft.edit({ name: 'ab' }, 'name')
    await wait(300)
    expect(names()).toEqual(['recipe.check'])
    expect(asked[0]?.params).toEqual({ text: draft.text, folder: '/f' })
    expect(forecast.canStart).toBe(true)
    expect(forecast.isOld).toBe(true)
    await wait(1000)
    expect(names()).toEqual(['recipe.check', 'recipe.estimate'])
    expect(forecast.isOld).toBe(false)
  })

  it('does not ask about a text that is no recipe, and lets nothing be started', async () => {
    const { draft, forecast } = begun()
    draft.editText('{')
    await wait(2000)
    expect(names()).toEqual([])
    expect(forecast.canStart).toBe(false)
  })

  it('takes an estimate back that a change has made useless', async () => {
    answers['recipe.estimate'] = () => undefined
    const { draft, forecast } = begun()
    await wait(2000)
    expect(forecast.isEstimating).toBe(true)
    draft.edit({ name: 'other' }, 'name')
    await wait(0)
    expect(cancelled).toBe(1)
    expect(forecast.isEstimating).toBe(false)
    expect(forecast.failure).toBeUndefined()
  })

  it('estimates nothing while a path leads to nothing', async () => {
    answers['recipe.check'] = () => ({
      isValid: true,
      recipe: {},
      trialNames: ['baseline'],
      missingPaths: ['/m']
    })
    const { forecast } = begun()
    await wait(2000)
    expect(names()).toEqual(['recipe.check'])
    expect(forecast.missingPaths).toEqual(['/m'])
    expect(forecast.canStart).toBe(false)
  })

  it('says why there is no estimate, and still lets the study start', async () => {
    answers['recipe.estimate'] = () => {
      throw new WorkbenchError('unsupported-model', 'No family knows this model.')
    }
    const { forecast } = begun()
    await wait(2000)
    expect(forecast.failure).toBe('No family knows this model.')
    expect(forecast.canStart).toBe(true)
  })

  it('starts the text as it stands, and remembers its job by draft', async () => {
    const { draft, forecast } = begun()
    await wait(500)
    const starting = forecast.start()
    await wait(0)
    const job = await starting
    expect(asked.at(-1)).toEqual({
      name: 'jobs.start',
      params: { kind: 'study', recipe: { text: draft.text, folder: '/f' } }
    })
    expect(forecast.jobId).toBe('j1')
    const study = forecast.studyOf(job!)
    await wait(0)
    expect(await study).toBe('s1')
    draft.begin({ name: 'second' }, '/f')
    expect(forecast.jobId).toBeUndefined()
  })

  it('does not start what does not fit, unless it is told to do so all the same', async () => {
    const shortfall = { resource: 'memory', neededBytes: 5e9, availableBytes: 2e9, folder: null }
    answers['recipe.estimate'] = () => ({ trials: [], seconds: null, shortfalls: [shortfall] })
    const { draft, forecast } = begun()
    await wait(2000)
    expect(forecast.shortfalls).toEqual([shortfall])
    expect(forecast.canStart).toBe(false)
    forecast.isForced = true
    expect(forecast.canStart).toBe(true)
    const starting = forecast.start()
    await wait(0)
    await starting
    expect(asked.at(-1)).toMatchObject({ name: 'jobs.start', params: { force: true } })
    // Another recipe may fit, or be still larger.
    draft.edit({ name: 'other' }, 'name')
    expect([forecast.isForced, forecast.shortfalls]).toEqual([false, []])
  })

  it('shows why a study was not started', async () => {
    answers['jobs.start'] = () => {
      throw new WorkbenchError('conflict', 'The two sets share a recording.')
    }
    const { forecast } = begun()
    await wait(500)
    const starting = forecast.start()
    await wait(0)
    await starting
    expect(forecast.startFailure).toBe('The two sets share a recording.')
  })
})
