// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { spectrumCurve } from '../../../src-main/engine/jobs/describe-spectra'
import {
  latencyTable,
  layerDescription,
  modelDescription,
  modelPlan
} from '../../../tests/helpers/inspected-layers'
import { openStoreHost, type StoreHost } from '../../../tests/helpers/store-host'
import { layerRows, type LayerRow } from '../../format/layer-rows'
import { useRankPreviewStore } from '../../stores/rank-preview'
import { setLanguage } from '../../text/text'
import SpectrumTab from './SpectrumTab.vue'

/** Ten pixels are one rank; the axis begins at 100 pixels. Nothing can be drawn here, but places can be found. */
vi.mock('vue-echarts', () => ({
  default: defineComponent({
    setup(_, { expose }) {
      expose({
        containPixel: (_finder: string, [, y]: [number, number]) => y < 100,
        convertFromPixel: (_finder: string, [x]: [number, number]) => [x / 10, 0]
      })
      return () => h('div')
    }
  })
}))

const layers = [
  layerDescription({ layerId: 'a', inFeatures: 8, outFeatures: 8, parameterCount: 64, breakEvenRank: 4 }),
  layerDescription({ layerId: 'b', inFeatures: 8, outFeatures: 8, parameterCount: 64, breakEvenRank: 4 })
]
const spectra = {
  modelHash: 'hash',
  calibrationHash: null,
  matrices: [
    {
      layerIds: ['a'],
      role: 'q' as const,
      blockIndex: 0,
      inFeatures: 8,
      outFeatures: 8,
      breakEvenRank: 4,
      // All energies alike, so that a rank of 2 drops three quarters.
      weight: spectrumCurve(new Float64Array(8).fill(1)),
      activationWeighted: null
    }
  ]
}
const table = {
  ...latencyTable,
  shapes: [{ ...latencyTable.shapes[0]!, inFeatures: 8, outFeatures: 8, rows: 500 }]
}
const rows = (plannedRank: number | null, isTimed = false) =>
  layerRows(
    modelDescription(layers),
    spectra,
    modelPlan(layers, () => plannedRank),
    isTimed ? table : undefined
  )

let host: StoreHost
let tab: VueWrapper

beforeEach(() => {
  setLanguage('en')
  HTMLElement.prototype.setPointerCapture = () => undefined
  host = openStoreHost({})
})
afterEach(() => {
  tab.unmount()
  host.api.close()
})

function show(row: LayerRow = rows(3)[0]!): void {
  tab = mount(SpectrumTab, { props: { row }, attachTo: document.body })
}

const slider = () =>
  tab
    .findAll('label')
    .find((each) => each.text() === 'Rank')!
    .get<HTMLInputElement>('input[type=range]')
const exact = () => tab.get<HTMLInputElement>('input[aria-label="Rank, as a number"]')
const button = (name: string) => tab.findAll('button').find((each) => each.text() === name)
const cells = (name: string) =>
  tab
    .findAll('tbody tr')
    .find((each) => each.get('th').text() === name)
    ?.findAll('td')
    .map((each) => each.text())

/** The chart under this name, with its part that listens to the pointer. */
function chart(name: string) {
  const image = tab.findAll<HTMLElement>('[role=img]').find((each) => {
    const label = document.getElementById(each.attributes('aria-labelledby') ?? '')
    return label?.textContent === name
  })!
  const surface = image.element.parentElement!
  return async (type: string, clientX: number, clientY = 50) => {
    surface.dispatchEvent(new PointerEvent(type, { clientX, clientY, button: 0, isPrimary: true }))
    await nextTick()
  }
}

describe('the rank of a layer', () => {
  it('begins where the plan is, which nobody is told of as a wish', () => {
    show()
    expect([slider().element.value, exact().element.value]).toEqual(['3', '3'])
    expect(tab.findAll('thead th').map((each) => each.text())).toEqual([
      'Quantity',
      'Dense',
      'Rank 3',
      'Ratio'
    ])
    expect(useRankPreviewStore().dragged).toEqual({})
  })

  it.each(['Singular values', 'Energy kept'])('is dragged in the chart of %s', async (name) => {
    show()
    const fire = chart(name)
    await fire('pointerdown', 21)
    expect([slider().element.value, button('Set rank 2 in the plan')?.exists()]).toEqual(['2', true])
    expect(useRankPreviewStore().dragged).toEqual({ a: 2 })
    await fire('pointermove', 9)
    expect(useRankPreviewStore().dragged).toEqual({ a: 1 })
    await fire('pointerup', 9)
    await fire('pointermove', 40)
    expect(slider().element.value).toBe('1')
    // Below the plot there is the axis, which is no place to begin.
    await fire('pointerdown', 40, 120)
    expect(slider().element.value).toBe('1')
  })

  it('moves with the slider, and what it saves and costs is read out beside it', async () => {
    show()
    expect([slider().attributes('min'), slider().attributes('max')]).toEqual(['1', '8'])
    await slider().setValue('2')
    expect(tab.get('table.figures').attributes('aria-live')).toBe('polite')
    expect(cells('Parameters')).toEqual(['64', '32', '50.0 %'])
    expect(cells('Predicted error, weights alone')).toEqual(['0.00 %', '75.00 %', ''])
    expect(useRankPreviewStore().dragged).toEqual({ a: 2 })
  })

  it('is typed as a number; what cannot be a rank waits, and is put back when it is left', async () => {
    show()
    await exact().setValue('1')
    expect(slider().element.value).toBe('1')
    await exact().setValue('99')
    expect(slider().element.value).toBe('1')
    await exact().trigger('blur')
    expect(exact().element.value).toBe('1')
  })

  it('goes into the plan by a button, as high as two factors are smaller than the matrix', async () => {
    show()
    const preview = useRankPreviewStore()
    await slider().setValue('2')
    await button('Set rank 2 in the plan')!.trigger('click')
    expect(preview.byHand).toEqual({ a: 2 })
    await button('Keep dense in the plan')!.trigger('click')
    expect(preview.byHand).toEqual({ a: 'dense' })
    await button('Let the plan decide')!.trigger('click')
    expect([preview.byHand, button('Let the plan decide')]).toEqual([{}, undefined])
    await slider().setValue('5')
    expect(button('Set rank 5 in the plan')!.attributes('disabled')).toBeDefined()
    expect(tab.text()).toContain('Above break-even')
    expect(preview.dragged).toEqual({})
  })

  it('is let go of when the plan changes it, when another layer comes, and when the tab is left', async () => {
    show()
    const preview = useRankPreviewStore()
    await slider().setValue('2')
    await tab.setProps({ row: rows(1)[0]! })
    expect([slider().element.value, preview.dragged]).toEqual(['1', {}])
    await slider().setValue('2')
    await tab.setProps({ row: rows(3)[1]! })
    expect(tab.find('input[type=range]').exists()).toBe(false)
    expect(preview.dragged).toEqual({})
    await tab.setProps({ row: rows(3)[0]! })
    await slider().setValue('2')
    expect(preview.dragged).toEqual({ a: 2 })
    tab.unmount()
    expect(preview.dragged).toEqual({})
  })

  it('has its time in the read-out once this machine was timed', async () => {
    show()
    expect(cells('Milliseconds, estimated')).toBeUndefined()
    await tab.setProps({ row: rows(3, true)[0]! })
    await slider().setValue('1')
    expect(cells('Milliseconds, estimated')).toEqual(['0.40', '0.10', '25.0 %'])
  })
})
