/**
 * Entry of Electron's main process. Must not load the engine: a crash there would take every window down.
 */
import { fileURLToPath } from 'node:url'
import { engineProcessOptions } from './engine/launcher-options'
import { runElectronHost } from './hosts/electron/run'
import { createServices } from './services/services'
import { createWorkbench } from './services/workbench'

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url))
// Packaged, they are beside the archive: engines and the system's file manager need real files.
const resourcesFolder = fromHere('../../resources').replace(/\bapp\.asar\b/, 'app.asar.unpacked')

runElectronHost({
  rendererFolder: fromHere('../renderer'),
  preloadPath: fromHere('../preload/index.cjs'),
  engineEntry: fromHere('./engine.js'),
  engineOptions: engineProcessOptions,
  resourcesFolder,
  openWorkbench: (launcher, options) =>
    // The system's own dialog and the user's hand choose files here, so no folder is out of bounds.
    createWorkbench(createServices(launcher, resourcesFolder), {
      ...options,
      resourcesFolder,
      isConfined: false,
      host: 'electron'
    })
})
