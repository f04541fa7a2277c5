// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useNavigationStore } from './navigation'

beforeEach(() => {
  window.location.hash = ''
  setActivePinia(createPinia())
})

describe('the place in the workbench', () => {
  it('begins at the library, also for an address that names no view', () => {
    window.location.hash = '#/somewhere?model=a'
    const navigation = useNavigationStore()
    expect(navigation.view).toBe('library')
  })

  it('is kept in the address, so that a reload comes back to it', () => {
    useNavigationStore().go('compare', { study: 'a b&c', trials: 'x,y' })
    setActivePinia(createPinia())
    const later = useNavigationStore()
    expect(later.view).toBe('compare')
    expect(later.params).toEqual({ study: 'a b&c', trials: 'x,y' })
  })

  it('takes model and study along to another view, and nothing else', () => {
    const navigation = useNavigationStore()
    navigation.go('compare', { study: 's', model: 'm', trials: 'x' })
    expect(navigation.carried).toEqual({ study: 's', model: 'm' })
  })
})
