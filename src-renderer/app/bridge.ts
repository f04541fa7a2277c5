import type { Bridge } from '@contract/bridge'
import { createApi, type Api } from '../api/client'
import { ipcChannel } from '../api/ipc'
import { takePageToken } from '../api/page-token'
import { browserAccess, webSocketChannel } from '../api/websocket'

declare global {
  interface Window {
    /** What the preload script exposes; the name is `bridgeName` of the contract. */
    readonly lathe?: Bridge
  }
}

/** What the shell around the page tells about itself; undefined in a plain browser. */
export const bridge: Bridge | undefined = window.lathe

/** The way to the host; undefined when the page was opened without one and can only show results files. */
export const api: Api | undefined = connect()

function connect(): Api | undefined {
  if (bridge !== undefined) return createApi(ipcChannel(bridge))
  const token = takePageToken(window)
  return token === undefined ? undefined : createApi(webSocketChannel(browserAccess(token, window.location)))
}
