import type { Bridge } from '@contract/bridge'

declare global {
  interface Window {
    /** What the preload script exposes; the name is `bridgeName` of the contract. */
    readonly lathe?: Bridge
  }
}

/** What the shell around the page tells about itself; undefined in a plain browser. */
export const bridge: Bridge | undefined = window.lathe
