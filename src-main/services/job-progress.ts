/** How far a running job is: its stage, its trials, and estimates of the time left. */
import type { Clock } from '../base/clock'
import { createRemainingTime } from '../base/remaining-time'
import type { JobProgress } from '@contract/job'
import type { Progress } from '@contract/progress'

export interface JobProgressTracker {
  /** Undefined before the first report. */
  readonly progress: JobProgress | undefined
  /** Takes a report; returns whether it is worth telling now: a new stage, its end, or enough time since the last. */
  update(progress: Progress): boolean
  /** Takes the end of a trial. One that was finished earlier took no time and says nothing about the others. */
  endTrial(isReused: boolean): void
  readonly trialsEnded: number
}

/** Five a second look smooth; more would only fill the history of events. */
const intervalMilliseconds = 200

/** With 0 trials the stage in hand is all that can be estimated. */
export function createJobProgress(clock: Clock, trialsTotal: number): JobProgressTracker {
  const stageTime = createRemainingTime(clock)
  const trialTime = createRemainingTime(clock)
  let latest: Progress | undefined
  let lastToldAt = -Infinity
  let trialsEnded = 0
  let trialsReused = 0
  const freshTrialsLeft = () =>
    trialTime.estimateSeconds(trialsEnded - trialsReused, trialsTotal - trialsReused)
  // Sets the start of the pace.
  freshTrialsLeft()
  return {
    get progress() {
      if (latest === undefined) return undefined
      const stageRemainingSeconds = stageTime.estimateSeconds(latest.completed, latest.total)
      return {
        ...latest,
        trialsEnded,
        trialsTotal,
        stageRemainingSeconds,
        remainingSeconds: trialsTotal === 0 ? stageRemainingSeconds : freshTrialsLeft()
      }
    },
    get trialsEnded() {
      return trialsEnded
    },
    update(progress) {
      const isNewStage = progress.stage !== latest?.stage
      if (isNewStage) {
        stageTime.restart()
        stageTime.estimateSeconds(0, progress.total)
      }
      latest = progress
      const now = clock.nowMilliseconds()
      const isLast = progress.completed >= progress.total
      if (!isNewStage && !isLast && now - lastToldAt < intervalMilliseconds) return false
      lastToldAt = now
      return true
    },
    endTrial(isReused) {
      trialsEnded++
      if (isReused) trialsReused++
      freshTrialsLeft()
    }
  }
}
