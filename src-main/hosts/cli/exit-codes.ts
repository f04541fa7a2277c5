import process from 'node:process'

/** What `lathe` tells the shell. Scripts depend on these numbers. */
export const exitCodes = {
  ok: 0,
  /** The work failed; the reason stands on standard error. */
  error: 1,
  /** The command line could not be understood. */
  usage: 2,
  /** The study ran, and no tier passes all gates of its recipe. */
  gates: 3,
  /** Stopped with Ctrl-C, as shells report it. */
  cancelled: 130
} as const

/** Marks the command as failed although it has printed a result. */
export function commandFailed(): void {
  process.exitCode = exitCodes.error
}

/** Marks that no tier passes all gates, although the study ran and has printed its result. */
export function gatesFailed(): void {
  process.exitCode = exitCodes.gates
}
