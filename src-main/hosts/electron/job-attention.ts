/**
 * What the system shows of jobs: progress on the taskbar, a notification when a long one has ended and nobody looks, and
 * no sleep while one runs.
 */
import { BrowserWindow, Notification, powerSaveBlocker } from 'electron'
import type { Job } from '@contract/job'
import type { EventHistory } from '../../services/event-history'
import { shellText, type ShellText } from './shell-text'

/** A job that took less than this has ended before the user went away. */
const longSeconds = 30

/** Above 1 the bar moves without saying how far it is; below 0 there is none. */
const bar = { unknown: 2, none: -1 } as const

export interface JobAttention {
  readonly hasRunningJob: boolean
  /** Lets go of the taskbar and of sleep. */
  stop(): void
}

/** Follows the jobs of a workbench; `showJobs` answers a click on a notification. */
export function attendToJobs(events: EventHistory, showJobs: () => void): JobAttention {
  const running = new Map<string, Job>()
  let blocker: number | undefined

  function update(): void {
    if (running.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== undefined) {
      powerSaveBlocker.stop(blocker)
      blocker = undefined
    }
    const [job] = running.values()
    for (const window of BrowserWindow.getAllWindows()) {
      window.setProgressBar(job === undefined ? bar.none : fractionOf(job))
    }
  }

  const unsubscribe = events.subscribe(({ event }) => {
    if (event.kind === 'job.removed') running.delete(event.jobId)
    else if (event.kind !== 'job.changed') return
    else if (event.job.state === 'running') running.set(event.job.jobId, event.job)
    else if (running.delete(event.job.jobId)) announce(event.job, showJobs)
    update()
  })
  return {
    get hasRunningJob() {
      return running.size > 0
    },
    stop() {
      unsubscribe()
      running.clear()
      update()
    }
  }
}

function fractionOf({ progress }: Job): number {
  if (progress === null || progress.trialsTotal === 0) return bar.unknown
  return progress.trialsEnded / progress.trialsTotal
}

/** What the user did to a job, such as pausing it, is no news to the user. */
function announce(job: Job, showJobs: () => void): void {
  if (job.state !== 'completed' && job.state !== 'failed') return
  const seconds = secondsOf(job)
  const isWatched = BrowserWindow.getAllWindows().some((window) => window.isFocused())
  if (seconds < longSeconds || isWatched || !Notification.isSupported()) return
  const text = shellText()
  const notification = new Notification({
    title: job.state === 'completed' ? text.jobCompleted(job.name) : text.jobStopped(job.name),
    body: job.error?.message ?? howItWent(job, text.jobTook(Math.max(1, Math.round(seconds / 60))), text)
  })
  notification.on('click', showJobs)
  notification.show()
}

/** A job that has ended is no good news if trials of it failed. */
function howItWent({ failedTrials }: Job, took: string, text: ShellText): string {
  return failedTrials === null ? took : `${text.jobTrialsFailed(failedTrials.count)} ${took}`
}

function secondsOf({ startedAt, finishedAt }: Job): number {
  if (startedAt === null || finishedAt === null) return 0
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
}
