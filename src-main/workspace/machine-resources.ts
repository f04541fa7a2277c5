/** What the machine has left: disk, memory, and what of it a process holds. */
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import os from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileFailure } from './file-failure'

export interface MachineMemory {
  /** What programs can still take before the machine swaps or a limit on this process is reached. */
  readonly availableBytes: number
  /** Of the machine, or the limit where there is one. */
  readonly totalBytes: number
}

export interface MachineDisk {
  /** Bytes that may still be written. */
  readonly freeBytes: number
  /** Equal for folders that share their space. */
  readonly device: number
}

/** What one process takes of the machine. */
export interface ProcessUsage {
  readonly residentBytes: number
  /** Processor time since the process began. */
  readonly processorSeconds: number
}

/** The port through which services ask the machine. */
export interface MachineResources {
  /**
   * The disk of `folder`, or of the place where it will be made.
   *
   * @throws WorkbenchError `io` when the system does not tell.
   */
  disk(folder: string): MachineDisk
  memory(): MachineMemory
  /** Undefined where the system does not tell, which is everywhere but on Linux, and when the process is gone. */
  usageOf(processId: number): ProcessUsage | undefined
}

export const systemResources: MachineResources = {
  disk(folder) {
    const place = existingFolder(resolve(folder))
    try {
      const { bavail, bsize } = statfsSync(place)
      return { freeBytes: bavail * bsize, device: statSync(place).dev }
    } catch (thrown) {
      throw fileFailure(thrown, 'ask for the free space of', place)
    }
  },
  memory: readMemory,
  usageOf: readUsage
}

function existingFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingFolder(dirname(path))
}

function readMemory(): MachineMemory {
  const totalBytes = os.totalmem()
  const onMachine = meminfoBytes('MemAvailable') ?? process.availableMemory()
  // Of the control group, as in a container. Without one Node says 0, or more than there is.
  const limitBytes = process.constrainedMemory()
  if (limitBytes <= 0 || limitBytes >= totalBytes) return { availableBytes: onMachine, totalBytes }
  // Files that the group has read count as its memory, but give way when somebody needs it.
  const inGroup = process.availableMemory() + groupFileBytes()
  return { availableBytes: Math.min(onMachine, inGroup), totalBytes: limitBytes }
}

function meminfoBytes(name: string): number | undefined {
  return kibibytesIn(readSystemFile('/proc/meminfo'), name)
}

/** Memory of the control group that holds pages of files which were not used lately; 0 where there is no group. */
function groupFileBytes(): number {
  const groups = readSystemFile('/proc/self/cgroup') ?? ''
  const unified = /^0::(.*)$/m.exec(groups)?.[1]
  const path = unified === undefined ? '/sys/fs/cgroup/memory' : join('/sys/fs/cgroup', unified)
  const statistics = readSystemFile(join(path, 'memory.stat'))
  return Number(/^inactive_file (\d+)$/m.exec(statistics ?? '')?.[1] ?? 0)
}

/** What Linux reports as one second of processor time, on every architecture that Node runs on. */
const ticksPerSecond = 100

function readUsage(processId: number): ProcessUsage | undefined {
  const stat = readSystemFile(`/proc/${processId}/stat`)
  const residentBytes = kibibytesIn(readSystemFile(`/proc/${processId}/status`), 'VmRSS')
  if (stat === undefined || residentBytes === undefined) return undefined
  // The second field is the program's name in brackets and may hold spaces; the fourteenth is user time, then system's.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return { residentBytes, processorSeconds: ticks / ticksPerSecond }
}

/** In bytes. */
function kibibytesIn(text: string | undefined, name: string): number | undefined {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

/** Such files are on some systems only, and a process may end while the system tells about it. */
function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
