// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { createApp, nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallParams } from '@contract/calls'
import type { PlanMeasurement } from '@contract/inspect'
import { layerDescription, modelPlan } from '../../tests/helpers/inspected-layers'
import type { Api } from '../api/client'
import { hostKey } from '../app/host'
import { useInspectStore } from './inspect'
import { usePlanMeasurementStore } from './plan-measurement'
import { useRankPreviewStore } from './rank-preview'

const layers = [layerDescription({ layerId: 'a' })]
const figures = {
  quality: { kind: 'word-error-rate', errorRate: 0.1, lower: 0.05, upper: 0.2 },
  sizeBytes: 10,
  p50Milliseconds: 2
} as const

interface Asked {
  readonly params: CallParams<'plan.measure'>
  readonly signal: AbortSignal
  resolve(result: PlanMeasurement): void
}

let asked: Asked[]

beforeEach(() => {
  vi.useFakeTimers()
  window.localStorage.clear()
  asked = []
  begin()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A page of its own. */
function begin(): void {
  const host = {
    call: (
      name: string,
      params: never,
      { signal }: { signal: AbortSignal } = { signal: AbortSignal.abort() }
    ) => {
      if (name === 'plan.preview') {
        const { ranks } = params as CallParams<'plan.preview'>
        const rank = 'retainedFraction' in ranks ? Math.round(ranks.retainedFraction * 10) : 1
        return Promise.resolve(modelPlan(layers, () => rank))
      }
      return new Promise<PlanMeasurement>((resolve) => {
        asked.push({ params, signal, resolve })
      })
    }
  } as unknown as Api
  const pinia = createPinia()
  createApp({}).provide(hostKey, host).use(pinia)
  setActivePinia(pinia)
}

async function inspected() {
  const store = usePlanMeasurementStore()
  useInspectStore().modelPath = '/model'
  const preview = useRankPreviewStore()
  preview.follow({ modelPath: '/model', calibrationPath: null })
  await vi.advanceTimersByTimeAsync(0)
  return { store, preview }
}

describe('measuring as the ranks move', () => {
  it('is off until it is asked for, and remembers that it was', async () => {
    const { store } = await inspected()
    await vi.advanceTimersByTimeAsync(5000)
    expect(asked).toEqual([])
    store.settings.isOn = true
    store.settings.evaluationPath = '/speech'
    await nextTick()
    begin()
    expect(usePlanMeasurementStore().settings).toMatchObject({ isOn: true, evaluationPath: '/speech' })
  })

  it('waits until the ranks rest, and takes back what a newer change overtakes', async () => {
    const { store, preview } = await inspected()
    Object.assign(store.settings, { isOn: true, evaluationPath: '/speech' })
    for (const fraction of [0.4, 0.3]) {
      preview.settings.fraction = fraction
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect([asked.length, store.isResting]).toEqual([0, true])
    await vi.advanceTimersByTimeAsync(600)
    expect(asked.map(({ params }) => params)).toMatchObject([
      { modelPath: '/model', evaluationPath: '/speech', ranks: { policy: 'manual', rankMap: { a: 3 } } }
    ])
    expect(store.isMeasuring).toBe(true)
    preview.settings.fraction = 0.2
    await vi.advanceTimersByTimeAsync(0)
    expect(asked[0]!.signal.aborted).toBe(true)
    await vi.advanceTimersByTimeAsync(1600)
    expect(asked[1]!.params.ranks).toMatchObject({ rankMap: { a: 2 } })
  })

  it('follows a rank that is only tried out, and goes back to the plan when it is let go', async () => {
    const { store, preview } = await inspected()
    Object.assign(store.settings, { isOn: true, evaluationPath: '/speech' })
    preview.drag(['a'], 4)
    await nextTick()
    await vi.advanceTimersByTimeAsync(2000)
    expect(asked.at(-1)!.params.ranks).toMatchObject({ rankMap: { a: 4 } })
    expect([store.isOfDragged, preview.setByHand]).toEqual([true, []])
    preview.drag([], undefined)
    await nextTick()
    await vi.advanceTimersByTimeAsync(2000)
    expect(asked.at(-1)!.params.ranks).toMatchObject({ rankMap: { a: 5 } })
  })

  it('says when the result is of other ranks, and does not measure the same again', async () => {
    const { store, preview } = await inspected()
    Object.assign(store.settings, { isOn: true, evaluationPath: '/speech' })
    await vi.advanceTimersByTimeAsync(1600)
    asked[0]!.resolve({ utterances: 40, plan: figures, baseline: figures, difference: null })
    await vi.advanceTimersByTimeAsync(0)
    expect([store.result?.utterances, store.isOutdated]).toEqual([40, false])
    preview.settings.fraction = 0.3
    await vi.advanceTimersByTimeAsync(100)
    expect(store.isOutdated).toBe(true)
    preview.settings.fraction = 0.5
    await vi.advanceTimersByTimeAsync(3000)
    expect([asked.length, store.isOutdated]).toEqual([1, false])
    store.settings.evaluationPath = '/other'
    await vi.advanceTimersByTimeAsync(100)
    expect(store.result).toBeUndefined()
  })
})
