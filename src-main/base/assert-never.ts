import { WorkbenchError } from '@contract/errors'

/** Closes a switch over a union: compiles only when every member was handled. */
export function assertNever(value: never): never {
  throw new WorkbenchError('internal', `Unhandled case ${JSON.stringify(value)}.`)
}
