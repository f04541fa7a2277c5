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
  await runCommandLine(process.argv, createServices(createForkLauncher(engineEntry)))
}
