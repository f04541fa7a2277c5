/**
 * Entry of Electron's main process. Must not load the engine: a crash there would take every window down.
 */
import { fileURLToPath } from 'node:url'
import { runElectronHost } from './hosts/electron/run'
import { createServices } from './services/services'
import { createWorkbench } from './services/workbench'

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url))

runElectronHost({
  rendererFolder: fromHere('../renderer'),
  preloadPath: fromHere('../preload/index.cjs'),
  engineEntry: fromHere('./engine.js'),
  openWorkbench: (launcher, folders) =>
    // The system's own dialog and the user's hand choose files here, so no folder is out of bounds.
    createWorkbench(createServices(launcher), {
      ...folders,
      demoFolder: fromHere('../../resources/demo'),
      isConfined: false,
      host: 'electron'
    })
})
