import { watch } from 'vue'
import { useNavigationStore } from '../stores/navigation'

/**
 * Calls `open` with a path that the user opened from outside the view: by the menu, by a double click on a file, or by
 * dropping it on the window. It comes as `open` in the address and is taken out of it, so that it is opened once.
 */
export function useOpenedPath(open: (path: string) => void): void {
  const navigation = useNavigationStore()
  watch(
    () => navigation.params.open,
    (path) => {
      if (path === undefined) return
      const address = window.location.hash.replace(/([?&])open=[^&]*&?/, '$1').replace(/[?&]$/, '')
      window.history.replaceState(null, '', address)
      // Replacing tells nobody, and the store must see the new address.
      window.dispatchEvent(new HashChangeEvent('hashchange'))
      open(path)
    },
    { immediate: true }
  )
}
