/**
 * Ends an engine process before it takes more memory than there is: a machine that swaps is as good as dead for hours, and
 * the system's own choice of what to kill may fall on something else.
 */
import { formatBytes } from '@contract/display-numbers'
import { WorkbenchError } from '@contract/errors'
import type { EngineLauncher, EngineProcess } from '../engine/launcher'
import type { MachineMemory, MachineResources } from '../workspace/machine-resources'

export interface MemoryWatch {
  /**
   * Engines that are ended when the machine runs short of memory or, with `limitBytes`, when one of them holds more than
   * that. What they were asked ends as `resources`, with the figures.
   *
   * @throws WorkbenchError `invalid-input` for a limit where the system does not tell what a process holds.
   */
  launcher(limitBytes?: number): EngineLauncher
}

export interface MemoryWatchOptions {
  readonly machine: Pick<MachineResources, 'memory' | 'usageOf'>
  /** At least this much memory stays free; by default `memoryFloorBytes`. */
  readonly floorBytes?: (totalBytes: number) => number
  readonly intervalMilliseconds?: number
}

/** A process that takes memory as fast as a disk is read, 2 GB/s, gets no further than 0.4 GB from one look to the next. */
const defaultIntervalMilliseconds = 200

/** What the system and its file cache need so as not to swap: 5 % of the memory, 300 MB at least. */
export function memoryFloorBytes(totalBytes: number): number {
  return Math.max(300e6, 0.05 * totalBytes)
}

/** An engine that runs, with what it was asked and has not answered. */
interface WatchedEngine {
  readonly process: EngineProcess
  readonly limitBytes: number | undefined
  readonly pending: Set<number>
  /** Why it was ended; its exit follows. */
  reason: WorkbenchError | undefined
}

/** An engine with the memory that it holds now. */
interface Holder {
  readonly engine: WatchedEngine
  readonly residentBytes: number
}

export function watchMemory(engines: EngineLauncher, options: MemoryWatchOptions): MemoryWatch {
  const { machine, floorBytes = memoryFloorBytes } = options
  const { intervalMilliseconds = defaultIntervalMilliseconds } = options
  const running = new Set<WatchedEngine>()
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    const holders = [...running].flatMap((engine): Holder[] => {
      const { processId } = engine.process
      const usage = processId === undefined ? undefined : machine.usageOf(processId)
      return usage === undefined ? [] : [{ engine, residentBytes: usage.residentBytes }]
    })
    // Until an engine that was told to end is gone, its memory is not free, and no other is to blame for that.
    if (holders.some(({ engine }) => engine.reason !== undefined)) return
    for (const holder of holders) {
      const { limitBytes } = holder.engine
      if (limitBytes !== undefined && holder.residentBytes > limitBytes) {
        end(holder.engine, overLimit(holder.residentBytes, limitBytes))
      }
    }
    const memory = machine.memory()
    const floor = floorBytes(memory.totalBytes)
    if (memory.availableBytes >= floor) return
    const victim = chooseVictim(holders, floor)
    if (victim !== undefined) end(victim.engine, shortOfMemory(victim.residentBytes, memory, floor))
  }

  function watch(engine: WatchedEngine): void {
    running.add(engine)
    timer ??= setInterval(look, intervalMilliseconds).unref()
    engine.process.onExit(() => {
      running.delete(engine)
      if (running.size > 0) return
      clearInterval(timer)
      timer = undefined
    })
  }

  return {
    launcher(limitBytes) {
      if (limitBytes !== undefined) assertTold(machine)
      return {
        launch() {
          const process = engines.launch()
          const engine: WatchedEngine = { process, limitBytes, pending: new Set(), reason: undefined }
          watch(engine)
          return describedEngine(engine)
        }
      }
    }
  }
}

/**
 * The engine whose end helps most: one that is asked nothing now costs nothing, since it starts again when it is needed.
 * None that holds less than the floor: then others have taken the memory, and ending it would not bring it back.
 */
function chooseVictim(holders: readonly Holder[], floorBytes: number): Holder | undefined {
  const isBusy = ({ engine }: Holder) => Number(engine.pending.size > 0)
  return holders
    .filter(({ engine, residentBytes }) => engine.reason === undefined && residentBytes >= floorBytes)
    .toSorted((a, b) => isBusy(a) - isBusy(b) || b.residentBytes - a.residentBytes)[0]
}

function end(engine: WatchedEngine, reason: WorkbenchError): void {
  engine.reason = reason
  engine.process.kill()
}

/** The process with its requests counted, whose exit tells why it was ended. */
function describedEngine(engine: WatchedEngine): EngineProcess {
  const { process, pending } = engine
  return {
    get processId() {
      return process.processId
    },
    send(message) {
      if (message.kind === 'request') pending.add(message.id)
      process.send(message)
    },
    onMessage(listener) {
      process.onMessage((message) => {
        if (message.kind === 'result' || message.kind === 'error') pending.delete(message.id)
        listener(message)
      })
    },
    onExit(listener) {
      process.onExit((exit) => {
        listener(engine.reason === undefined ? exit : { ...exit, reason: engine.reason })
      })
    },
    kill: () => {
      process.kill()
    }
  }
}

function assertTold({ usageOf }: Pick<MachineResources, 'usageOf'>): void {
  if (usageOf(globalThis.process.pid) !== undefined) return
  throw new WorkbenchError(
    'invalid-input',
    'A memory limit needs Linux, which tells what a process holds; leave the limit out here.'
  )
}

function overLimit(residentBytes: number, limitBytes: number): WorkbenchError {
  return new WorkbenchError(
    'resources',
    `An engine process held ${formatBytes(residentBytes)} of memory, over the limit of ${formatBytes(limitBytes)}, ` +
      'and was stopped; what was finished is kept: raise the limit, or use a smaller model or shorter recordings, and run it again.',
    { details: { residentBytes, limitBytes } }
  )
}

function shortOfMemory(
  residentBytes: number,
  { availableBytes, totalBytes }: MachineMemory,
  floorBytes: number
): WorkbenchError {
  return new WorkbenchError(
    'resources',
    `The machine had ${formatBytes(availableBytes)} of its ${formatBytes(totalBytes)} of memory left, less than ` +
      `${formatBytes(Math.round(floorBytes))}, so the engine process that held ${formatBytes(residentBytes)} was stopped before ` +
      'the machine swaps; what was finished is kept: close other programs or use a smaller model, and run it again.',
    { details: { availableBytes, totalBytes, floorBytes: Math.round(floorBytes), residentBytes } }
  )
}
