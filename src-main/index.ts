/**
 * Entry of Electron's main process. Must not load the engine: a crash there would take every window down.
 */
import { fileURLToPath } from 'node:url'
import { runElectronHost } from './hosts/electron/run'

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url))
runElectronHost({ rendererFolder: fromHere('../renderer'), preloadPath: fromHere('../preload/index.cjs') })
