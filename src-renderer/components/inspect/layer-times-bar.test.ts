// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { LatencyTable } from '@contract/rank-plan'
import type { ModelSpectra } from '@contract/spectra'
import {
  latencyTable,
  layerDescription,
  modelDescription,
  modelPlan
} from '../../../tests/helpers/inspected-layers'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../../tests/helpers/store-host'
import { useInspectStore } from '../../stores/inspect'
import { setLanguage } from '../../text/text'
import LayerTimesBar from './LayerTimesBar.vue'

const layers = [layerDescription()]
const spectra: ModelSpectra = { modelHash: 'hash', calibrationHash: null, matrices: [] }
let handlers: StoreHandlers
let host: StoreHost
let bar: VueWrapper

beforeEach(() => {
  setLanguage('en')
  handlers = {
    'model.describe': () => modelDescription(layers),
    'model.spectra': () => spectra,
    'plan.preview': () => modelPlan(layers, () => 2)
  }
  host = openStoreHost(handlers)
  bar = mount(LayerTimesBar)
})
afterEach(() => {
  bar.unmount()
  host.api.close()
})

const button = (name: string) => bar.findAll('button').find((each) => each.text() === name)

describe('the bar of times', () => {
  it('times the machine on demand, says that it does, and then what the times are of', async () => {
    const probe = Promise.withResolvers<LatencyTable>()
    handlers['machine.probe'] = () => probe.promise
    await useInspectStore().open('/models/tiny')
    await button('Estimate time')!.trigger('click')
    expect(bar.get('[role=status]').text()).toBe('Timing this machine…')
    expect(button('Stop')).toBeDefined()
    probe.resolve(latencyTable)
    await vi.waitFor(() => {
      expect(bar.get('[role=status]').text()).toBe('Est. ms: 10 s of audio, 1 thread, float32')
    })
    expect(bar.get('[role=status]').attributes('title')).toContain('timed alone on Test 1')
    expect(bar.findAll('button').map((each) => each.text())).toEqual(['Measure again'])
  })

  it('takes the times again on demand, and says so meanwhile', async () => {
    handlers['machine.probe'] = () => latencyTable
    await useInspectStore().open('/models/tiny')
    await button('Estimate time')!.trigger('click')
    await vi.waitUntil(() => button('Measure again') !== undefined)
    const probe = Promise.withResolvers<LatencyTable>()
    handlers['machine.probe'] = () => probe.promise
    await button('Measure again')!.trigger('click')
    expect(bar.get('[role=status]').text()).toBe('Timing this machine…')
    probe.resolve({ ...latencyTable, conditions: { ...latencyTable.conditions, threads: 2 } })
    await vi.waitFor(() => {
      expect(bar.get('[role=status]').text()).toContain('2 threads')
    })
    const probes = host.asked.filter(({ name }) => name === 'machine.probe')
    expect(probes.map(({ params }) => params)).toMatchObject([{ again: false }, { again: true }])
  })

  it('is stopped, and says why it failed beside the button that tries again', async () => {
    handlers['machine.probe'] = () => new Promise<never>(() => undefined)
    await useInspectStore().open('/models/tiny')
    await button('Estimate time')!.trigger('click')
    await button('Stop')!.trigger('click')
    expect([bar.find('[role=status]').exists(), bar.find('[role=alert]').exists()]).toEqual([false, false])
    handlers['machine.probe'] = () => {
      throw new WorkbenchError('crashed', 'The engine ended.')
    }
    await button('Estimate time')!.trigger('click')
    await vi.waitFor(() => {
      expect(bar.get('[role=alert]').text()).toContain('The engine ended.')
    })
    expect(button('Estimate time')).toBeDefined()
  })

  it('waits while matrices are decomposed, which would spoil the times', async () => {
    const decomposed = Promise.withResolvers<ModelSpectra>()
    handlers['model.spectra'] = () => decomposed.promise
    const opened = useInspectStore().open('/models/tiny')
    await vi.waitFor(() => {
      expect(button('Estimate time')?.attributes('disabled')).toBeDefined()
    })
    expect(button('Estimate time')!.attributes('title')).toContain('Waits until')
    decomposed.resolve(spectra)
    await opened
    await vi.waitFor(() => {
      expect(button('Estimate time')!.attributes('disabled')).toBeUndefined()
    })
  })

  it('is not there for a model whose operations could not be counted', async () => {
    handlers['model.describe'] = () => ({ ...modelDescription(layers), macsPerAudioSecond: null })
    await useInspectStore().open('/models/tiny')
    expect(bar.find('button').exists()).toBe(false)
  })
})
