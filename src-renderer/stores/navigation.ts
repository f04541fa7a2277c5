import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { isViewId, type ViewId } from '../app/view-ids'

/** Where the user is: the view and what it shows, kept in the address so that a reload comes back to it. */
export const useNavigationStore = defineStore('navigation', () => {
  const view = ref<ViewId>('library')
  /** What the view is about, by name: `model`, `study`, `trials`. */
  const params = shallowRef<Readonly<Record<string, string>>>({})

  function readAddress(): void {
    const [path = '', query = ''] = window.location.hash.replace(/^#\/?/, '').split('?', 2)
    view.value = isViewId(path) ? path : 'library'
    params.value = Object.fromEntries(new URLSearchParams(query))
  }

  /** Shows a view. What it is about replaces what was there before. */
  function go(to: ViewId, about: Readonly<Record<string, string>> = {}): void {
    const query = new URLSearchParams(about).toString()
    window.location.hash = `#/${to}${query === '' ? '' : `?${query}`}`
    // The event of the address comes later; who asks right after must see the new place.
    readAddress()
  }

  /** What stays the same on the way to another view: the model and the study in hand. */
  const carried = computed(() =>
    Object.fromEntries(Object.entries(params.value).filter(([name]) => name === 'model' || name === 'study'))
  )

  window.addEventListener('hashchange', readAddress)
  readAddress()
  return { view, params, carried, go }
})
