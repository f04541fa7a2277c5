import { CommanderError } from 'commander'

/** Refuses a command line whose options do not go together; the process exits as for any usage error. */
export function usageError(message: string): never {
  throw new CommanderError(2, 'lathe.usage', `error: ${message}`)
}
