/**
 * The command-line host. Computes nothing itself: engine processes do.
 *
 * Everything else is imported only after the check, since older versions of Node cannot even parse it.
 */
import { fileURLToPath } from 'node:url'
import process from 'node:process'

const requiredNodeMajor = 24

if (Number(process.versions.node.split('.', 1)[0]) < requiredNodeMajor) {
  process.stderr.write(
    `lathe: this is Node ${process.versions.node}, expected ${requiredNodeMajor} or newer; start it with npx, which uses the Node that came with Lathe. [invalid-input]\n`
  )
  process.exitCode = 1
} else {
  const { createForkLauncher } = await import('./engine/launcher-fork')
  const { runCommandLine } = await import('./hosts/cli/run')
  const { createServices } = await import('./services/services')
  const engineEntry = fileURLToPath(new URL('./engine.js', import.meta.url))
  const resourcesFolder = fileURLToPath(new URL('../../resources', import.meta.url))
  const services = createServices(createForkLauncher(engineEntry), resourcesFolder)
  await runCommandLine(process.argv, services, async ({ port, isTokenNew, ...folders }) => {
    const { openInBrowser } = await import('./hosts/web/open-browser')
    const { startWebHost } = await import('./hosts/web/web-host')
    const { keptToken } = await import('./services/kept-token')
    const { createWorkbench } = await import('./services/workbench')
    const workbench = createWorkbench(services, {
      ...folders,
      resourcesFolder,
      isConfined: true,
      host: 'web'
    })
    try {
      const rendererFolder = fileURLToPath(new URL('../renderer', import.meta.url))
      const { workspaceFolder } = folders
      const host = await startWebHost({
        workbench,
        rendererFolder,
        port,
        tokenFor: (actualPort) => keptToken({ workspaceFolder, port: actualPort, isRenewed: isTokenNew })
      })
      return {
        url: host.url,
        openInBrowser: () => openInBrowser(host.url),
        close: async () => {
          await host.close()
          await workbench.close()
        }
      }
    } catch (thrown) {
      await workbench.close()
      throw thrown
    }
  })
}
