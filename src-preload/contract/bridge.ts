/** What the preload script tells the page about the shell around it. Absent in a plain browser. */
export interface Bridge {
  /** Version of Lathe. */
  readonly version: string
  /** Operating system, as Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string
}

/** Name of the bridge on `window`. */
export const bridgeName = 'lathe'

/** How the main process hands the version to a sandboxed preload script: an argument with this beginning. */
export const versionArgument = '--lathe-version='
