// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial, int8Trial } from '../../tests/helpers/trial-reports'
import { figureColumns } from '../charts/figures'
import { setLanguage } from '../text/text'
import BudgetPanel from './BudgetPanel.vue'
import PinsPanel from './PinsPanel.vue'

let panel: VueWrapper

beforeEach(() => {
  setLanguage('en')
})
afterEach(() => {
  panel.unmount()
})

/** Of two sizes that a megabyte with one digit could not tell apart. */
const tiny = [
  { ...baselineTrial, sizeBytes: 106_500 },
  { ...int8Trial, sizeBytes: 66_300 },
  completedTrial('half', { sizeBytes: 61_200, wordErrorRate: 0.06 })
]

describe('the budget', () => {
  const slider = (label: string) =>
    panel
      .findAll('label')
      .find((each) => each.text().startsWith(label))!
      .get('input')

  function show(): void {
    panel = mount(BudgetPanel, {
      props: { trials: tiny, columns: figureColumns(tiny) },
      attachTo: document.body
    })
  }

  it('has a slider with a name and a value in words for each limit, the sizes of tiny models in kilobytes', () => {
    show()
    expect(panel.findAll('label span').map((each) => each.text())).toEqual([
      'At most this size',
      'At most this latency',
      'At most this error'
    ])
    expect(slider('At most this size').attributes('aria-valuetext')).toBe('106.5 kB')
    expect(panel.get('[role=status]').text()).toBe('3 trials fit')
  })

  it('names the best within the limits, and lets it be pinned', async () => {
    show()
    await slider('At most this size').setValue('1')
    expect(slider('At most this size').attributes('aria-valuetext')).toBe('66.3 kB')
    const [winner] = panel.emitted('best')!.at(-1) as [{ name: string }]
    expect(panel.find('.name').text()).toBe(winner.name)
    await panel.get('.name').trigger('click')
    expect(panel.emitted('pin')).toEqual([[winner]])
    const reset = panel.findAll('button').find((each) => each.element.closest('.head') !== null)!
    await reset.trigger('click')
    expect(panel.emitted('best')!.at(-1)).toEqual([undefined])
  })
})

describe('the pinned tiers', () => {
  const pins = [{ trialId: baselineTrial.trialId, name: 'the original' }]

  it('are named by the user, for the trial that stands behind the name', async () => {
    panel = mount(PinsPanel, { props: { pins, trials: tiny }, attachTo: document.body })
    const name = panel.get('input')
    expect(name.attributes('aria-label')).toContain(baselineTrial.name)
    name.element.value = 'big'
    await name.trigger('change')
    expect(panel.emitted('rename')).toEqual([[baselineTrial.trialId, 'big']])
    name.element.focus()
    await name.trigger('keydown', { key: 'Enter' })
    expect(document.activeElement).not.toBe(name.element)
  })

  it('are unpinned by a button that says which', async () => {
    panel = mount(PinsPanel, { props: { pins, trials: tiny } })
    await panel.get('button[aria-label="Unpin the original"]').trigger('click')
    expect(panel.emitted('unpin')).toEqual([[baselineTrial.trialId]])
  })

  it('say how to pin while there is none', () => {
    panel = mount(PinsPanel, { props: { pins: [], trials: tiny } })
    expect([panel.find('ul').exists(), panel.find('p').text() === '']).toEqual([false, false])
  })
})
