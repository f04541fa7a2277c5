/** What one engine process takes of the machine at the moment of asking. */
export interface EngineUsage {
  readonly processId: number
  /** Memory in use. */
  readonly residentBytes: number
  /** Processor time since the process began; two of these apart in time give its load. */
  readonly processorSeconds: number
}
