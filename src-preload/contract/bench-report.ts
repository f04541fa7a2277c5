/** What `lathe bench` measured, as plain data. */

/** One timed quantity: the middle of several runs and how far they lie apart. */
export interface BenchFigure {
  readonly name: string
  /** `ms`: milliseconds; `x`: a quotient, above 1 where the second of two things is faster; `s/s`: seconds of audio per second; `%`: a share. */
  readonly unit: 'ms' | 'x' | 's/s' | '%'
  readonly median: number
  /** Quartiles. */
  readonly lower: number
  readonly upper: number
  readonly runs: number
}

/** What was timed together, under the same conditions. */
export interface BenchSection {
  readonly title: string
  /** Conditions and obstacles, as sentences. */
  readonly remarks: readonly string[]
  readonly figures: readonly BenchFigure[]
}

export interface BenchReport {
  readonly modelPath: string
  readonly modelHash: string
  readonly conditions: {
    readonly runtime: string
    readonly processor: string
    readonly cores: number
    readonly node: string
    readonly lathe: string
  }
  readonly sections: readonly BenchSection[]
}
