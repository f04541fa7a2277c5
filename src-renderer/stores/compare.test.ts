import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ComparedUtterance, UtteranceQuery } from '@contract/compare'
import { WorkbenchError } from '@contract/errors'
import type { StudyReport, TrialReport } from '@contract/trial'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { useCompareStore } from './compare'
import { usePinsStore } from './pins'

let host: StoreHost
let handlers: StoreHandlers
/** How many utterances the host has. */
let length: number

beforeEach(() => {
  length = 100
  handlers = {
    'studies.utterances': (params) => {
      const { offset = 0, limit = 50, search = '' } = params as Partial<UtteranceQuery>
      const matching = search === 'nothing' ? 0 : length
      return {
        total: length,
        matching,
        offset,
        utterances: Array.from({ length: Math.max(0, Math.min(limit, matching - offset)) }, (_, i) =>
          utterance(offset + i)
        )
      }
    }
  }
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

function utterance(index: number): ComparedUtterance {
  return {
    utteranceId: `u${index}`,
    reference: '',
    speaker: null,
    audioSeconds: 1,
    total: 1,
    readings: []
  }
}

const report = (trials: readonly TrialReport[], studyId = 'study'): StudyReport =>
  ({ study: { studyId, name: 'lesson' }, trials }) as StudyReport

const half = completedTrial('half')
const third = completedTrial('third')
const fp16 = completedTrial('fp16', { method: 'quantize', precision: 'float16' })
const trials = [baselineTrial, fp16, int8Trial, unmeasuredTrial('late', 'running'), half, third]

const namesOf = ({ tiers }: ReturnType<typeof useCompareStore>) => tiers.map(({ name }) => name)
const loaded = (store: ReturnType<typeof useCompareStore>) => vi.waitUntil(() => store.counts !== undefined)

describe('the tiers of a comparison', () => {
  it('are the yardsticks and the first tiers at first, none that is unfinished', () => {
    const store = useCompareStore()
    store.open(report(trials), [])
    expect(namesOf(store)).toEqual(['baseline', 'int8', 'half', 'third'])
  })

  it('are the baseline and what is pinned, if anything is', () => {
    const store = useCompareStore()
    usePinsStore().open('study')
    usePinsStore().toggle(third)
    store.open(report(trials), [])
    expect(namesOf(store)).toEqual(['baseline', 'third'])
  })

  it('are those of the address, in its order', () => {
    const store = useCompareStore()
    store.open(report(trials), [third.trialId, 'unknown', baselineTrial.trialId])
    expect(namesOf(store)).toEqual(['third', 'baseline'])
  })

  it('stay when the study is read again', () => {
    const store = useCompareStore()
    store.open(report(trials), [])
    store.remove(int8Trial.trialId)
    store.open(report([...trials, completedTrial('new')]), [])
    expect(namesOf(store)).toEqual(['baseline', 'half', 'third'])
  })

  it('are two to six', () => {
    const store = useCompareStore()
    const more = ['1', '2', '3', '4'].map((name) => completedTrial(name))
    store.open(report([...trials, ...more]), [])
    for (const { trialId } of more) store.add(trialId)
    expect(namesOf(store)).toEqual(['baseline', 'int8', 'half', 'third', '1', '2'])
    expect(store.canAdd).toBe(false)
    for (const { trialId } of store.finished) store.remove(trialId)
    expect(store.tiers).toHaveLength(2)
    expect(store.canRemove).toBe(false)
  })
})

describe('the list of utterances', () => {
  it('is loaded where it is looked at, each part once', async () => {
    const store = useCompareStore()
    store.open(report(trials), [])
    await loaded(store)
    expect(host.asked.map(({ params }) => (params as UtteranceQuery).offset)).toEqual([0])
    store.ensure(35, 45)
    store.ensure(36, 46)
    await vi.waitUntil(() => store.utterances.has(79))
    expect(host.asked.map(({ params }) => (params as UtteranceQuery).offset)).toEqual([0, 40])
    expect(store.utterances.get(79)?.utteranceId).toBe('u79')
    store.ensure(90, 500)
    await vi.waitUntil(() => store.utterances.size === 100)
  })

  it('chooses the first one, and never one that is not there', async () => {
    const store = useCompareStore()
    store.open(report(trials), [])
    await vi.waitUntil(() => store.chosen !== undefined)
    expect(store.chosen?.utteranceId).toBe('u0')
    store.select(-1)
    expect(store.chosenIndex).toBe(0)
    store.select(1000)
    await vi.waitUntil(() => store.chosen?.utteranceId === 'u99')
  })

  it('keeps the choice when other tiers are compared', async () => {
    const store = useCompareStore()
    store.open(report(trials), [])
    await vi.waitUntil(() => store.chosen !== undefined)
    store.select(7)
    store.remove(third.trialId)
    await vi.waitUntil(() => host.asked.length === 2 && store.chosen?.utteranceId === 'u7')
  })

  it('chooses nothing when nothing matches', async () => {
    const store = useCompareStore()
    store.open(report(trials), [])
    await loaded(store)
    store.arrange({ search: 'nothing' })
    await vi.waitUntil(() => store.counts?.matching === 0)
    await vi.waitUntil(() => store.chosen === undefined)
  })

  it('says what went wrong, and loads again when asked to', async () => {
    const store = useCompareStore()
    const answer = handlers['studies.utterances']
    handlers['studies.utterances'] = () => {
      throw new WorkbenchError('io', 'The disk is gone.')
    }
    store.open(report(trials), [])
    await vi.waitUntil(() => store.failure === 'The disk is gone.')
    handlers['studies.utterances'] = answer!
    await store.retry()
    expect(store.failure).toBeUndefined()
    expect(store.utterances.size).toBe(40)
  })
})

describe('the differences', () => {
  it('are computed once for a choice of tiers', async () => {
    const store = useCompareStore()
    handlers['studies.differences'] = () => []
    store.open(report(trials), [])
    store.compareTiers()
    store.compareTiers()
    await vi.waitUntil(() => store.differences !== undefined)
    store.compareTiers()
    const asked = () => host.asked.filter(({ name }) => name === 'studies.differences')
    expect(asked()).toHaveLength(1)
    store.remove(third.trialId)
    expect(store.differences).toBeUndefined()
    store.compareTiers()
    await vi.waitUntil(() => store.differences !== undefined)
    expect(asked().at(-1)?.params).toMatchObject({
      trialIds: [baselineTrial.trialId, int8Trial.trialId, half.trialId]
    })
  })
})
