import { WorkbenchError } from '@contract/errors'

/** Deeper than any parameters are; what is nested further was made to exhaust a reader. */
const maximumDepth = 32

/** Keys that mean something else than a member to code that copies members without care. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Refuses data that no page of Lathe sends: nested too deep, or with a member that could change the prototype of what
 * it is copied into. Walks without recursion, so that the data cannot exhaust the stack.
 *
 * @throws WorkbenchError `invalid-input`.
 */
export function assertPlainData(data: unknown): void {
  let level: unknown[] = [data]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maximumDepth) {
      throw new WorkbenchError(
        'invalid-input',
        `The parameters are nested deeper than ${maximumDepth} levels.`
      )
    }
    level = level.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return []
      const forbidden = Object.keys(value).find((key) => forbiddenKeys.has(key))
      if (forbidden !== undefined) {
        throw new WorkbenchError('invalid-input', `The parameters must not have a member '${forbidden}'.`)
      }
      return Object.values(value) as unknown[]
    })
  }
}
