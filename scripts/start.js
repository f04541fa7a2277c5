// `npm start`: the workbench in an Electron window, or in the browser where there can be no window.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')
const electron = findElectron()
const reason =
  electron === undefined
    ? "Electron's binary is not installed here"
    : hasDisplay()
      ? undefined
      : 'there is no display here'

if (reason === undefined) {
  run(electron, [root, ...process.argv.slice(2)])
} else {
  process.stderr.write(`No Electron window, because ${reason}: serving the workbench to a browser instead.\n`)
  run(process.execPath, [join(root, 'out/main/cli.js'), 'serve', ...process.argv.slice(2)])
}

// The package itself would download the binary when asked for its path, so its files are looked at instead.
function findElectron() {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const pathFile = join(folder, 'path.txt')
  const executable = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : undefined
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist')
  const path = join(dist, executable ?? 'electron')
  return existsSync(path) ? path : undefined
}

function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

function run(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' })
  // Ctrl-C reaches the child too, which decides what it means; this process ends with it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`Could not start ${command}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('close', (code) => {
    process.exitCode = code ?? 1
  })
}
