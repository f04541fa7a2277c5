import type { EngineUsage } from '@contract/engine-usage'

/** What the engines took of the machine at one moment. */
export interface UsageSample {
  readonly engines: readonly EngineUsage[]
  /** Of any clock that does not go back. */
  readonly atSeconds: number
}

/** All engines together. */
export interface EngineLoad {
  readonly engines: number
  readonly residentBytes: number
  /** Processors kept busy since the sample before: 1 is one whole processor. Null where that is not known yet. */
  readonly processors: number | null
}

/** Undefined while nothing runs, or the system does not tell. */
export function engineLoad(before: UsageSample | undefined, now: UsageSample): EngineLoad | undefined {
  if (now.engines.length === 0) return undefined
  const residentBytes = now.engines.reduce((sum, engine) => sum + engine.residentBytes, 0)
  return { engines: now.engines.length, residentBytes, processors: processorsBetween(before, now) }
}

/** Of the engines that were there both times; a new one says nothing about its pace yet. */
function processorsBetween(before: UsageSample | undefined, now: UsageSample): number | null {
  const elapsed = now.atSeconds - (before?.atSeconds ?? now.atSeconds)
  const earlier = new Map(before?.engines.map((engine) => [engine.processId, engine.processorSeconds]))
  const known = now.engines.filter(({ processId }) => earlier.has(processId))
  if (elapsed <= 0 || known.length === 0) return null
  const spent = known.reduce(
    (sum, { processId, processorSeconds }) => sum + processorSeconds - (earlier.get(processId) ?? 0),
    0
  )
  return Math.max(0, spent / elapsed)
}
