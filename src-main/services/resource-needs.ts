/** Whether what is wanted fits on the machine, by an estimate: before the first hour is spent on what cannot end well. */
import { formatBytes } from '@contract/display-numbers'
import { WorkbenchError } from '@contract/errors'
import type { ResourceShortfall } from '@contract/study-estimate'
import type { MachineResources } from '../workspace/machine-resources'

/** An estimate of what is taken besides what is taken already. */
export interface ResourceNeeds {
  /** All processes together, at their highest. */
  readonly memoryBytes: number
  /** By the folders that are written. */
  readonly disk: readonly { readonly folder: string; readonly bytes: number }[]
}

export type MachineRoom = Pick<MachineResources, 'disk' | 'memory'>

/** What there is too little of; folders on one disk share its space. */
export function findShortfalls(
  machine: MachineRoom,
  { memoryBytes, disk }: ResourceNeeds
): ResourceShortfall[] {
  const { availableBytes } = machine.memory()
  const disks = disk.map((need) => ({ ...need, ...machine.disk(need.folder) }))
  const first = disks.filter(
    ({ device }, index) => disks.findIndex((each) => each.device === device) === index
  )
  const ofDisks = first.map(({ folder, device, freeBytes }): ResourceShortfall => {
    const shared = disks.filter((each) => each.device === device)
    const neededBytes = shared.reduce((sum, { bytes }) => sum + bytes, 0)
    return { resource: 'disk', neededBytes, availableBytes: freeBytes, folder }
  })
  const ofMemory: ResourceShortfall = {
    resource: 'memory',
    neededBytes: memoryBytes,
    availableBytes,
    folder: null
  }
  return [...ofDisks, ofMemory].filter((each) => each.neededBytes > each.availableBytes)
}

/**
 * Refuses what does not fit.
 *
 * - `subject` begins the message: `This study`.
 *
 * @throws WorkbenchError `resources` with the figures and how to start all the same.
 */
export function assertFits(subject: string, shortfalls: readonly ResourceShortfall[]): void {
  if (shortfalls.length === 0) return
  throw new WorkbenchError(
    'resources',
    `${subject} needs ${shortfalls.map(shortfallText).join(', and ')}, by an estimate: make room or ask for less, or start ` +
      'it all the same (--force).',
    {
      details: Object.fromEntries(
        shortfalls.flatMap(({ resource, neededBytes, availableBytes }) => [
          [`${resource}NeededBytes`, Math.round(neededBytes)],
          [`${resource}AvailableBytes`, Math.round(availableBytes)]
        ])
      )
    }
  )
}

/** `about 12.00 GB of disk in '/work' (3.00 GB free)` */
function shortfallText({ resource, neededBytes, availableBytes, folder }: ResourceShortfall): string {
  const [needed, available] = [neededBytes, availableBytes].map((bytes) => formatBytes(Math.round(bytes)))
  return resource === 'disk'
    ? `about ${needed} of disk in '${folder ?? ''}' (${available} free)`
    : `about ${needed} of memory (${available} available)`
}
