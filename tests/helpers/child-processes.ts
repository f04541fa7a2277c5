/** Looks at processes from outside, through Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/** Whether this system tells about processes in /proc. */
export const hasProcessFiles = process.platform === 'linux'

interface ProcessStatus {
  readonly pid: number
  /** One letter; Z: ended, but its parent has not asked yet. */
  readonly state: string
  readonly parentPid: number
  /** Clock ticks from the start of the machine. */
  readonly startTicks: number
}

/** The children of a process that still run, the one started first first. */
export function childProcesses(parentPid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statusOf(Number(name)) ?? [])
    .filter((status) => status.parentPid === parentPid && status.state !== 'Z')
    .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)
    .map(({ pid }) => pid)
}

/** Whether a process still runs; one that only waits to be buried does not. */
export function isRunning(pid: number): boolean {
  const status = statusOf(pid)
  return status !== undefined && status.state !== 'Z'
}

/** The command line of a process, its parts separated by spaces. */
export function commandLineOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
}

function statusOf(pid: number): ProcessStatus | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // It ended while we looked.
    return undefined
  }
  // The name, in parentheses, may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { pid, state: fields[0] ?? '', parentPid: Number(fields[1]), startTicks: Number(fields[19]) }
}
