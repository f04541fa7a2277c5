/**
 * The one error class of Lathe and its closed list of codes.
 *
 * A message says what happened, to what, expected against got, and the next step, in one sentence.
 * The class lives with the contract because an error crosses every transport and must be the same at both ends.
 */

/**
 * Every code that an error may carry. `internal` means a bug in Lathe; `cancelled` is an outcome, not a failure;
 * `resources`: the machine has not enough memory or disk for what was asked.
 */
export const errorCodes = [
  'invalid-input',
  'not-found',
  'conflict',
  'unsupported-model',
  'numerical',
  'io',
  'resources',
  'native',
  'cancelled',
  'crashed',
  'protocol',
  'internal'
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Facts that belong to an error: small, JSON-safe, named with units. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>

/** How an error travels between processes. */
export interface ErrorWire {
  readonly code: string
  readonly message: string
  readonly details?: ErrorDetails | undefined
  readonly cause?: ErrorWire | undefined
}

/** Longer messages are cut: they quote names and paths out of files, which may be megabytes of anything. */
const longestMessage = 4000

export class WorkbenchError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(shortened(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'WorkbenchError'
    this.code = code
    this.details = options.details ?? {}
  }
}

function shortened(message: string): string {
  if (message.length <= longestMessage) return message
  const half = longestMessage / 2
  return `${message.slice(0, half)} ... ${message.slice(-half)}`
}

function isErrorCode(code: string): code is ErrorCode {
  return (errorCodes as readonly string[]).includes(code)
}

/** The wire form of anything thrown. A foreign error becomes `internal`: it should have been wrapped at its edge. */
export function toErrorWire(thrown: unknown): ErrorWire {
  if (thrown instanceof WorkbenchError) {
    return {
      code: thrown.code,
      message: thrown.message,
      details: thrown.details,
      cause: thrown.cause === undefined ? undefined : toErrorWire(thrown.cause)
    }
  }
  if (thrown instanceof Error) return { code: 'internal', message: thrown.message }
  return { code: 'internal', message: String(thrown) }
}

/** The error that a wire form describes. A code this version does not know becomes `protocol`. */
export function fromErrorWire(wire: ErrorWire): WorkbenchError {
  const code = isErrorCode(wire.code) ? wire.code : 'protocol'
  return new WorkbenchError(code, wire.message, {
    ...(wire.details === undefined ? {} : { details: wire.details }),
    ...(wire.cause === undefined ? {} : { cause: fromErrorWire(wire.cause) })
  })
}

/** Wraps a foreign error once, at the edge that met it. An error that already has a code passes through. */
export function wrapError(thrown: unknown, code: ErrorCode, message: string): WorkbenchError {
  if (thrown instanceof WorkbenchError) return thrown
  return new WorkbenchError(code, message, { cause: thrown })
}
