/**
 * The bridge between the page and the shell. Runs in the sandbox before the page: only `electron`'s sandboxed part
 * is there, no Node modules. Whatever is not named here does not exist for the page.
 */
import '@contract/without-eval'
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { bridgeName, toHostChannel, toPageChannel, versionArgument, type Bridge } from '@contract/bridge'
import { isCallName } from '@contract/calls'
import type { ErrorWire } from '@contract/errors'
import {
  protocolVersion,
  type CallOutcome,
  type ClientMessage,
  type ResumePoint,
  type ServerMessage
} from '@contract/wire'

type Listener = (message: ServerMessage) => void

/** Set from hello until the connection ends. */
let listener: Listener | undefined
const underWay = new Map<number, (outcome: CallOutcome) => void>()
let nextId = 1

function send(message: ClientMessage): void {
  ipcRenderer.send(toHostChannel, message)
}

/** Ends what is under way: its answers will not come. */
function abandon(error: ErrorWire): void {
  listener = undefined
  for (const settle of underWay.values()) settle({ error })
  underWay.clear()
}

ipcRenderer.on(toPageChannel, (_event, message: ServerMessage) => {
  if (message.kind === 'result' || message.kind === 'error') {
    underWay.get(message.id)?.(
      message.kind === 'result' ? { result: message.result } : { error: message.error }
    )
    underWay.delete(message.id)
    return
  }
  const told = listener
  if (message.kind === 'closed') abandon(message.error)
  told?.(message)
})

function call(name: string, params: unknown): ReturnType<Bridge['call']> {
  if (!isCallName(name) || listener === undefined) {
    const message = isCallName(name) ? 'There is no connection to Lathe.' : `Lathe has no call '${name}'.`
    return { outcome: Promise.resolve({ error: { code: 'protocol', message } }), cancel: () => undefined }
  }
  const id = nextId++
  const outcome = new Promise<CallOutcome>((resolve) => underWay.set(id, resolve))
  send({ kind: 'request', id, name, params })
  return {
    outcome,
    cancel: () => {
      if (!underWay.has(id)) return
      send({ kind: 'cancel', id })
      underWay.get(id)?.({ error: { code: 'cancelled', message: `The call '${name}' was taken back.` } })
      underWay.delete(id)
    }
  }
}

function onEvent(resume: ResumePoint | null, next: Listener): () => void {
  abandon({ code: 'io', message: 'The page began a new connection.' })
  listener = next
  send({ kind: 'hello', protocol: protocolVersion, resume })
  return () => {
    if (listener === next) abandon({ code: 'io', message: 'The page left the connection.' })
  }
}

const bridge: Bridge = {
  version: process.argv.find((each) => each.startsWith(versionArgument))?.slice(versionArgument.length) ?? '',
  platform: process.platform,
  // The page hands over what a drop gave it; anything else is refused by Electron.
  pathForFile: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  call,
  onEvent
}
contextBridge.exposeInMainWorld(bridgeName, bridge)
