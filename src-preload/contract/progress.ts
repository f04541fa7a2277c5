/** How far a long job is. Stages follow each other; each counts its own steps. */
export interface Progress {
  /** What is being done, as shown to a user: `calibrate`, `evaluate int8`. */
  readonly stage: string
  readonly completed: number
  readonly total: number
  /** What is counted: `utterances`, `layers`. */
  readonly unit: string
}
