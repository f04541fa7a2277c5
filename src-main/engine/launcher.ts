import type { WorkbenchError } from '@contract/errors'
import type { EngineMessage, HostMessage } from './protocol'

/** Why an engine process is gone. */
export interface EngineExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last lines it wrote to standard error. */
  readonly lastWords: string
  /** Why the host ended it, where it did so for a reason of its own; left out: nobody wanted its end. */
  readonly reason?: WorkbenchError
}

/** A running engine process, as its client sees it. */
export interface EngineProcess {
  /** As the system counts processes; undefined before it has started, and where it is not known. */
  readonly processId?: number | undefined
  send(message: HostMessage): void
  onMessage(listener: (message: EngineMessage) => void): void
  /** Called once, also when the process was killed. */
  onExit(listener: (exit: EngineExit) => void): void
  /** Ends the process at once. Safe at any moment: it owns nothing that a restart cannot rebuild. */
  kill(): void
}

/** The port that starts engine processes: `fork` under Node, a utility process in Electron. */
export interface EngineLauncher {
  launch(): EngineProcess
}
