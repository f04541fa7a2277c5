/** The port through which the command line starts the web host, which is another host's code. */

export interface ServeWebRequest {
  readonly workspaceFolder: string
  /** Folders that the page may open files from; the first is where choosing begins. */
  readonly roots: readonly string[]
  /** 0: any that is free. */
  readonly port: number
  /** Whether pages that are still open must be given the new address. */
  readonly isTokenNew: boolean
}

export interface ServedWeb {
  /** The address to open; whoever has it can use the workbench. */
  readonly url: string
  /** Shows the page in the user's browser; without one nothing happens. */
  openInBrowser(): Promise<void>
  /** Ends connections, records a running job as interrupted, and returns when everything is closed. */
  close(): Promise<void>
}

/** @throws WorkbenchError `conflict` when the port or the workspace is taken by another Lathe. */
export type ServeWeb = (request: ServeWebRequest) => Promise<ServedWeb>
