import { createPinia, setActivePinia } from 'pinia'
import { createApp, nextTick } from 'vue'
import { beforeEach, describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { ModelPlan } from '@contract/model-plan'
import type { CallParams } from '@contract/calls'
import { layerDescription, modelPlan } from '../../tests/helpers/inspected-layers'
import type { Api } from '../api/client'
import { hostKey } from '../app/host'
import { useRankPreviewStore } from './rank-preview'

const layers = [layerDescription({ layerId: 'a' }), layerDescription({ layerId: 'b' })]
const model = { modelPath: '/models/tiny', calibrationPath: null }

interface Asked {
  readonly params: CallParams<'plan.preview'>
  resolve(plan: ModelPlan): void
  reject(error: Error): void
}

let asked: Asked[]
/** Lets the store hear answers and ask again. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  await nextTick()
}

beforeEach(() => {
  asked = []
  const host = {
    call: (_: string, params: CallParams<'plan.preview'>) =>
      new Promise<ModelPlan>((resolve, reject) => {
        asked.push({ params, resolve, reject })
      })
  } as unknown as Api
  const pinia = createPinia()
  createApp({}).provide(hostKey, host).use(pinia)
  setActivePinia(pinia)
})

describe('the preview of ranks', () => {
  it('asks one question at a time, and of many changes only the last is asked', async () => {
    const store = useRankPreviewStore()
    store.follow(model)
    for (const fraction of [0.4, 0.3, 0.2]) {
      store.settings.fraction = fraction
      await settle()
    }
    expect(asked).toHaveLength(1)
    asked[0]!.resolve(modelPlan(layers, () => 2))
    await settle()
    expect(asked.map(({ params }) => params.ranks)).toMatchObject([
      { policy: 'water-filling', retainedFraction: 0.5 },
      { retainedFraction: 0.2 }
    ])
    asked[1]!.resolve(modelPlan(layers, () => 1))
    await settle()
    expect(store.plan?.layers.map(({ rank }) => rank)).toEqual([1, 1])
    expect(store.isPlanning).toBe(false)
  })

  it('puts ranks by hand over those of the budget, and keeps the uniform ones beside', async () => {
    const store = useRankPreviewStore()
    store.follow(model)
    store.setRank(['a'], 'dense')
    asked[0]!.resolve(modelPlan(layers, () => 2))
    await settle()
    // The first answer came before the change was heard of, so the budget is asked again.
    asked.at(-1)!.resolve(modelPlan(layers, () => 2))
    await settle()
    while (asked.at(-1)!.params.ranks.policy !== 'manual') {
      asked.at(-1)!.resolve(modelPlan(layers, () => 2))
      await settle()
    }
    const { ranks } = asked.at(-1)!.params
    expect(ranks).toEqual({ policy: 'manual', rankMap: { a: 'dense', b: 2 } })
    asked.at(-1)!.resolve(modelPlan(layers, (id) => (id === 'a' ? null : 2), 'manual'))
    await settle()
    expect(store.plan?.layers.map(({ rank }) => rank)).toEqual([null, 2])
    expect(store.plan?.layers[0]?.uniform).toMatchObject({ rank: 1 })
    expect(store.setByHand).toEqual(['a'])
  })

  it('shows what went wrong and keeps the plan before it', async () => {
    const store = useRankPreviewStore()
    store.follow(model)
    asked[0]!.resolve(modelPlan(layers, () => 2))
    await settle()
    store.settings.fraction = 0.01
    await settle()
    asked[1]!.reject(new WorkbenchError('invalid-input', 'The budget is too small.'))
    await settle()
    expect(store.failure).toBe('The budget is too small.')
    expect(store.plan?.layers[0]?.rank).toBe(2)
    store.settings.fraction = 0.5
    await settle()
    asked[2]!.resolve(modelPlan(layers, () => 2))
    await settle()
    expect(store.failure).toBeUndefined()
  })

  it('takes the ranks of a plan of this model, and of no other', async () => {
    const store = useRankPreviewStore()
    store.follow(model)
    asked[0]!.resolve(modelPlan(layers, () => 2))
    await settle()
    const file = JSON.stringify(modelPlan(layers, () => 1).planFile)
    expect(store.importPlan('notes.json', '{"a": 1', 'hash')).toBe('not-a-plan')
    expect(store.importPlan('notes.json', '{"a": 1}', 'hash')).toBe('not-a-plan')
    expect(store.importPlan('plan.json', file, 'another hash')).toBe('other-model')
    expect(asked).toHaveLength(1)
    expect(store.importPlan('plan.json', file, 'hash')).toBeUndefined()
    await settle()
    expect(asked[1]!.params.ranks).toEqual({ policy: 'manual', rankMap: { a: 1, b: 1 } })
    asked[1]!.resolve(modelPlan(layers, () => 1, 'manual'))
    await settle()
    expect(store.imported?.name).toBe('plan.json')
    expect(store.plan?.layers.map(({ rank }) => rank)).toEqual([1, 1])
  })

  it('falls back to what needs no recordings when there are none any more', async () => {
    const store = useRankPreviewStore()
    store.settings.method = 'output-pca'
    store.settings.policy = 'sensitivity'
    store.follow({ ...model, calibrationPath: '/speech' })
    expect(asked[0]!.params.method).toBe('output-pca')
    store.follow(model)
    expect([store.settings.method, store.settings.policy]).toEqual(['weight-svd', 'water-filling'])
  })
})
