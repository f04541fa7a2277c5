/** Runs the built command line as a user does: as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const cliPath = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

if (!existsSync(cliPath)) {
  throw new Error(`${cliPath} is missing, and these tests run what was built: run 'npm run build' first.`)
}

/** How a command line ended. */
export interface CliResult {
  /** Null when a signal ended the process. */
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  /** Working folder; the caller's own by default. */
  readonly cwd?: string
  /** Another build's `cli.js` than the one in `out`. */
  readonly entry?: string
}

/** A command line under way. */
export interface RunningCli {
  readonly process: ChildProcess
  readonly ended: Promise<CliResult>
  /** Resolves as soon as standard error holds `text`; rejects when the process ends without it. */
  stderrShows(text: string): Promise<void>
}

/** Command lines under way: leading groups of their own, they would outlive a test run that is broken off. */
const underWay = new Set<ChildProcess>()
for (const end of ['exit', 'disconnect'] as const) {
  process.on(end, () => {
    for (const child of underWay) child.kill('SIGKILL')
  })
}

/** Starts `lathe ...args`. It leads a process group of its own, as a command in a terminal does. */
export function startCli(args: readonly string[], { cwd, entry = cliPath }: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  underWay.add(child)
  child.on('close', () => underWay.delete(child))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    process: child,
    ended,
    stderrShows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!stderr.includes(text)) return
          child.stderr.off('data', look)
          resolve()
        }
        child.stderr.on('data', look)
        look()
        ended.then(() => {
          reject(new Error(`The process ended before standard error showed '${text}'; it showed:\n${stderr}`))
        }, reject)
      })
  }
}

/** Runs `lathe ...args` to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).ended
}
