import type { Api } from '../api/client'
import type { ShowPathDialog } from './path-dialog'

/** The system's own dialog, which the host shows. A call that fails counts as a dialog that was closed. */
export function systemPathDialog(host: Pick<Api, 'call'>): ShowPathDialog {
  return async ({ title, accept, extensions, start }) => {
    const choice = await host
      .call('files.choose', {
        title,
        accept,
        ...(extensions === undefined ? {} : { extensions: [...extensions] }),
        ...(start === undefined ? {} : { start })
      })
      .catch(() => null)
    return choice?.path ?? undefined
  }
}
