/** A line of a job's log; `at` is ISO 8601, UTC. */
export interface LogLine {
  readonly at: string
  readonly text: string
}

/** How many lines of a job are kept, on both sides: the latest ones. */
export const keptLogLines = 500
