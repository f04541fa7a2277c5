/** What the preload script gives the page. Absent in a plain browser. */
import type { CallOutcome, ResumePoint, ServerMessage } from './wire'

/** A call under way. It never rejects: classes, and with them coded errors, do not survive the way into a page. */
export interface BridgeCall {
  readonly outcome: Promise<CallOutcome>
  readonly cancel: () => void
}

export interface Bridge {
  /** Version of Lathe. */
  readonly version: string
  /** Operating system, as Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string
  /** Asks the host. A name that is not in the table of calls is refused before it leaves the page. */
  readonly call: (name: string, params: unknown) => BridgeCall
  /** The absolute path of a file or folder that was dropped on the page; empty for one that is not on the disk. */
  readonly pathForFile: (file: object) => string
  /**
   * Says hello and hands over the welcome, then every event after it, and at last why the host ended it.
   * `resume`: where the page left off, or null. A second listener takes the place of the first. Returns how to stop.
   */
  readonly onEvent: (resume: ResumePoint | null, listener: (message: ServerMessage) => void) => () => void
}

/** Name of the bridge on `window`. */
export const bridgeName = 'lathe'

/** How the main process hands the version to a sandboxed preload script: an argument with this beginning. */
export const versionArgument = '--lathe-version='

/** The two channels between the preload script and the main process. */
export const toHostChannel = 'lathe:to-host'
export const toPageChannel = 'lathe:to-page'
