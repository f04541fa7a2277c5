/**
 * The bridge between the page and the shell. Runs in the sandbox before the page: only `electron`'s sandboxed part
 * is there, no Node modules. Whatever is not named here does not exist for the page.
 */
import { contextBridge } from 'electron'
import { bridgeName, versionArgument, type Bridge } from '@contract/bridge'

const bridge: Bridge = {
  version: process.argv.find((each) => each.startsWith(versionArgument))?.slice(versionArgument.length) ?? '',
  platform: process.platform
}
contextBridge.exposeInMainWorld(bridgeName, bridge)
