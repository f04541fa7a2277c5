import { onScopeDispose } from 'vue'
import type { Api } from '../api/client'

/** Goes where the shell around the page sends it: a menu was used, or a file was opened from outside. */
export function followShell(host: Api): void {
  onScopeDispose(
    host.onEvent((event) => {
      if (event.kind === 'place.requested') window.location.hash = event.place
    })
  )
}
