/** The options that say how much of the machine a command may take. */
import type { Command } from 'commander'
import type { ResourceOptions } from '../../../services/requests'
import { parseBytes } from '../parse-options'

export interface ForceOptions {
  readonly force?: boolean
}

export interface MemoryOptions {
  readonly memoryLimit?: number
}

export function addForceOption(command: Command): Command {
  return command.option('--force', 'start although by the estimate disk or memory will not do')
}

export function addMemoryOption(command: Command): Command {
  return command.option(
    '--memory-limit <size>',
    'stop an engine process that holds more, such as 2GB (Linux)',
    parseBytes
  )
}

/** The options as services take them. */
export function resourceOptions({ force, memoryLimit }: ForceOptions & MemoryOptions): ResourceOptions {
  return { isForced: force ?? false, memoryLimitBytes: memoryLimit }
}
