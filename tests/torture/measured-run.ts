/** What the engine of one command line took, seen from outside through Linux's /proc. */
import { readFileSync } from 'node:fs'
import { childProcesses } from '../helpers/child-processes'
import { startCli, type CliResult } from '../helpers/run-cli'

export interface MeasuredRun extends CliResult {
  /** Highest resident memory of the engine process. */
  readonly peakBytes: number
  /** Of the engine, in user and system mode: unlike the time on the clock, it does not tell what else the machine does. */
  readonly processorSeconds: number
}

/** Often enough to miss nothing but the last moment of an engine, whose peak the system keeps until it ends. */
const pollMilliseconds = 10
/** What Linux counts processor time in. */
const ticksPerSecond = 100

/** Runs `lathe ...args` to its end. */
export async function measuredRun(args: readonly string[]): Promise<MeasuredRun> {
  const cli = startCli(args)
  const host = cli.process.pid ?? 0
  const engines = new Map<number, { peakBytes: number; processorSeconds: number }>()
  const timer = setInterval(() => {
    for (const pid of childProcesses(host)) {
      const seen = usageOf(pid)
      if (seen !== undefined) engines.set(pid, seen)
    }
  }, pollMilliseconds)
  const result = await cli.ended
  clearInterval(timer)
  const usages = [...engines.values()]
  return {
    ...result,
    peakBytes: Math.max(0, ...usages.map(({ peakBytes }) => peakBytes)),
    processorSeconds: usages.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0)
  }
}

function usageOf(pid: number): { peakBytes: number; processorSeconds: number } | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces itself; user and system ticks are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (peak === undefined) return undefined
    const ticks = Number(fields[11]) + Number(fields[12])
    return { peakBytes: Number(peak) * 1024, processorSeconds: ticks / ticksPerSecond }
  } catch {
    // It ended while we looked.
    return undefined
  }
}
