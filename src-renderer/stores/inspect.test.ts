import { beforeEach, describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import {
  latencyTable,
  layerDescription,
  modelDescription,
  modelPlan
} from '../../tests/helpers/inspected-layers'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { plannedMilliseconds } from '../format/layer-times'
import { useInspectStore } from './inspect'

const layers = [layerDescription({ layerId: 'a' }), layerDescription({ layerId: 'b', blockIndex: null })]
let handlers: StoreHandlers
let host: StoreHost

/** Until answers have come over the transport. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
const names = () => host.asked.map(({ name }) => name)

beforeEach(() => {
  handlers = {
    'model.describe': () => modelDescription(layers),
    'model.spectra': () => ({ modelHash: 'hash', calibrationHash: null, matrices: [] }),
    'plan.preview': () => modelPlan(layers, (id) => (id === 'a' ? 2 : null)),
    'machine.probe': () => latencyTable
  }
  host = openStoreHost(handlers)
})

describe('the times of an inspected model', () => {
  it('are asked for on demand, and give rows their estimates, dense and as planned', async () => {
    const store = useInspectStore()
    await store.open('/models/tiny')
    await settle()
    expect(names()).not.toContain('machine.probe')
    expect(store.rows.map(({ times }) => times)).toEqual([undefined, undefined])
    const asked = store.estimateTimes()
    expect(store.isTiming).toBe(true)
    await asked
    expect(host.asked.at(-1)).toEqual({
      name: 'machine.probe',
      params: { modelPath: '/models/tiny', again: false }
    })
    expect(store.isTiming).toBe(false)
    expect(store.rows.map(({ times }) => times?.dense)).toEqual([0.4, 0.4])
    expect(store.rows.map(plannedMilliseconds)).toEqual([0.3, 0.4])
  })

  it('say why they could not be taken, and may be asked for again', async () => {
    handlers['machine.probe'] = () => {
      throw new WorkbenchError('invalid-input', 'There are no shapes to time; select layers.')
    }
    const store = useInspectStore()
    await store.open('/models/tiny')
    await store.estimateTimes()
    expect(store.timesFailure).toContain('There are no shapes to time')
    handlers['machine.probe'] = () => latencyTable
    await store.estimateTimes()
    expect([store.timesFailure, store.times]).toEqual([undefined, latencyTable])
  })

  it('are measured again on demand, and stay as they are until then and when that fails', async () => {
    const store = useInspectStore()
    await store.open('/models/tiny')
    await store.estimateTimes()
    const measured = { ...latencyTable, shapes: [] }
    handlers['machine.probe'] = () => measured
    await store.estimateTimes(true)
    expect(host.asked.findLast(({ name }) => name === 'machine.probe')?.params).toMatchObject({ again: true })
    expect(store.times).toEqual(measured)
    handlers['machine.probe'] = () => {
      throw new WorkbenchError('crashed', 'The engine ended.')
    }
    await store.estimateTimes(true)
    expect([store.times, store.timesFailure]).toEqual([
      measured,
      expect.stringContaining('The engine ended.')
    ])
  })

  it('hold up nothing, are taken back, and do not outlive the model', async () => {
    handlers['machine.probe'] = () => new Promise<never>(() => undefined)
    const store = useInspectStore()
    await store.open('/models/tiny')
    const asked = store.estimateTimes()
    await settle()
    const before = names().filter((name) => name === 'model.spectra').length
    await store.calibrate(null)
    expect(names().filter((name) => name === 'model.spectra')).toHaveLength(before + 1)
    store.stopTiming()
    await asked
    expect([store.isTiming, store.timesFailure]).toEqual([false, undefined])
    handlers['machine.probe'] = () => latencyTable
    await store.estimateTimes()
    expect(store.times).toBeDefined()
    await store.open('/models/other')
    expect(store.times).toBeUndefined()
  })

  it('are not asked for without a model', async () => {
    await useInspectStore().estimateTimes()
    expect(host.asked).toEqual([])
  })
})
