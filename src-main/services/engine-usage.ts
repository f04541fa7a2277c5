/** What the engine processes of this host take of the machine, as far as the system tells without asking them. */
import { WorkbenchError } from '@contract/errors'
import type { EngineUsage } from '@contract/engine-usage'
import type { EngineLauncher, EngineProcess } from '../engine/launcher'
import { readFileIfPresent } from '../workspace/files'

export interface WatchedLauncher extends EngineLauncher {
  /** The engines that run now. Empty where the system does not tell: everywhere but on Linux. */
  usage(): EngineUsage[]
}

/** Starts engines with `launcher` and remembers which of them run. */
export function watchEngines(launcher: EngineLauncher): WatchedLauncher {
  const running = new Set<EngineProcess>()
  return {
    launch() {
      const engine = launcher.launch()
      running.add(engine)
      engine.onExit(() => running.delete(engine))
      return engine
    },
    usage: () =>
      [...running].flatMap(({ processId }) => (processId === undefined ? [] : readUsage(processId)))
  }
}

/** What Linux reports as one second of processor time, on every architecture that Node runs on. */
const ticksPerSecond = 100

function readUsage(processId: number): EngineUsage[] {
  const stat = readSystemFile(`/proc/${processId}/stat`)
  const status = readSystemFile(`/proc/${processId}/status`)
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1]
  if (stat === undefined || kibibytes === undefined) return []
  // The second field is the program's name in brackets and may hold spaces; the fourteenth is user time, then system's.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return [
    {
      processId,
      residentBytes: Number(kibibytes) * 1024,
      processorSeconds: ticks / ticksPerSecond
    }
  ]
}

/** A process may end while the system tells about it. */
function readSystemFile(path: string): string | undefined {
  try {
    return readFileIfPresent(path)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return undefined
    throw thrown
  }
}
