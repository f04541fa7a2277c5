import type { Bridge } from '@contract/bridge'
import type { OpenChannel } from './channel'

/** A channel through the preload script of the Electron window. */
export function ipcChannel(bridge: Pick<Bridge, 'call' | 'onEvent'>): OpenChannel {
  return async (listener) => {
    const cancels = new Map<number, () => void>()
    let isOpen = true
    let stop: (() => void) | undefined
    return {
      send(message) {
        switch (message.kind) {
          case 'hello':
            stop = bridge.onEvent(message.resume, (told) => {
              if (isOpen) listener.onMessage(told)
            })
            return
          case 'request': {
            const { id, name, params } = message
            const { outcome, cancel } = bridge.call(name, params)
            cancels.set(id, cancel)
            void outcome.then((settled) => {
              cancels.delete(id)
              if (!isOpen) return
              listener.onMessage(
                'error' in settled
                  ? { kind: 'error', id, error: settled.error }
                  : { kind: 'result', id, result: settled.result }
              )
            })
            return
          }
          case 'cancel':
            cancels.get(message.id)?.()
        }
      },
      close() {
        isOpen = false
        // Before leaving: afterwards the preload script has forgotten them.
        for (const cancel of cancels.values()) cancel()
        stop?.()
      }
    }
  }
}
