// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { usePinsStore } from './pins'

beforeEach(() => {
  window.localStorage.clear()
  setActivePinia(createPinia())
})

describe('the pins of a study', () => {
  it('stay with the study, under the names they were given', () => {
    const pins = usePinsStore()
    pins.open('one')
    pins.toggle({ trialId: 'a', name: 'tier a' })
    pins.rename('a', '  mine ')
    pins.open('two')
    expect(pins.pins).toEqual([])
    setActivePinia(createPinia())
    const later = usePinsStore()
    later.open('one')
    expect(later.pins).toEqual([{ trialId: 'a', name: 'mine' }])
  })

  it('get their name back when they are pinned again', () => {
    const pins = usePinsStore()
    pins.open('one')
    pins.toggle({ trialId: 'a', name: 'tier a' })
    pins.rename('a', 'mine')
    pins.toggle({ trialId: 'a', name: 'tier a' })
    expect(pins.pins).toEqual([])
    pins.toggle({ trialId: 'a', name: 'tier a' })
    expect(pins.names.get('a')).toBe('mine')
  })

  it('are none when what was stored is something else', () => {
    window.localStorage.setItem('lathe.pins.one', '{"a":1}')
    const pins = usePinsStore()
    pins.open('one')
    expect(pins.pins).toEqual([])
  })
})
