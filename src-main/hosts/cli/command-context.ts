import type { ServiceOptions } from '../../services/requests'
import type { Services } from '../../services/services'
import type { ServeWeb } from './serve-web'

/** What every command is given. */
export interface CommandContext {
  readonly services: Services
  /** Starts the web host. */
  readonly serveWeb: ServeWeb
  /** Waits for Ctrl-C, or to be ended by a service manager. */
  untilStopped(): Promise<void>
  /** Progress on standard error and Ctrl-C, for a call that may take long. */
  following(): ServiceOptions
  /** Removes the progress bar before other text is written. */
  clearProgress(): void
  /** Writes a result to standard output, with a line end. */
  print(text: string): void
  /** Writes a remark to standard error, unless `--quiet`. */
  remark(text: string): void
}
