/** What the engine processes of this host take of the machine, as far as the system tells without asking them. */
import type { EngineUsage } from '@contract/engine-usage'
import type { EngineLauncher, EngineProcess } from '../engine/launcher'
import { systemResources, type MachineResources } from '../workspace/machine-resources'

export interface WatchedLauncher extends EngineLauncher {
  /** The engines that run now. Empty where the system does not tell: everywhere but on Linux. */
  usage(): EngineUsage[]
}

/** Starts engines with `launcher` and remembers which of them run. */
export function watchEngines(
  launcher: EngineLauncher,
  machine: Pick<MachineResources, 'usageOf'> = systemResources
): WatchedLauncher {
  const running = new Set<EngineProcess>()
  return {
    launch() {
      const engine = launcher.launch()
      running.add(engine)
      engine.onExit(() => running.delete(engine))
      return engine
    },
    usage: () =>
      [...running].flatMap(({ processId }) => {
        const usage = processId === undefined ? undefined : machine.usageOf(processId)
        return processId === undefined || usage === undefined ? [] : [{ processId, ...usage }]
      })
  }
}
