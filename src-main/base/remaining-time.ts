import type { Clock } from './clock'

/** Estimates how long a job still takes from how long it took so far. */
export interface RemainingTime {
  /** Forgets the pace: other work begins. */
  restart(): void
  /**
   * Seconds left when `completed` of `total` steps are done; null while there is no pace to go by.
   *
   * (now − start) ÷ completed · (total − completed), less the time that has passed since the last step ended, and
   * never below 0.
   */
  estimateSeconds(completed: number, total: number): number | null
}

/** The pace is the mean over all steps since the start, so one slow step does not make the estimate jump. */
export function createRemainingTime(clock: Clock): RemainingTime {
  let start = clock.nowMilliseconds()
  /** Steps that were done when timing began, such as those of an earlier run. */
  let stepsBefore: number | undefined
  let lastSteps = 0
  let lastStepAt = start
  return {
    restart() {
      start = clock.nowMilliseconds()
      stepsBefore = undefined
    },
    estimateSeconds(completed, total) {
      const now = clock.nowMilliseconds()
      if (stepsBefore === undefined) {
        stepsBefore = completed
        lastSteps = completed
        lastStepAt = start
      }
      if (completed > lastSteps) {
        lastSteps = completed
        lastStepAt = now
      }
      const steps = completed - stepsBefore
      if (steps <= 0) return null
      const secondsPerStep = (lastStepAt - start) / 1000 / steps
      return Math.max(0, secondsPerStep * (total - completed) - (now - lastStepAt) / 1000)
    }
  }
}
