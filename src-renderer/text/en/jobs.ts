import type { JobState, StopReason } from '@contract/job'

/** Text of the queue. */
export const jobs = {
  title: 'Jobs',
  loading: 'Reading the queue…',
  queue: 'Queue',
  ended: 'Ended',
  states: {
    waiting: 'Waiting',
    running: 'Running',
    paused: 'Paused',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
    interrupted: 'Interrupted'
  } satisfies Record<JobState, string>,
  stopping: {
    cancel: 'Cancelling…',
    pause: 'Pauses after this trial',
    close: 'Lathe is closing…'
  } satisfies Record<StopReason, string>,
  completedExcept: (failures: number) => `Completed, ${failures} failed`,
  failedTrials: (count: number) => (count === 1 ? '1 trial has no result' : `${count} trials have no result`),
  moreFailures: (count: number) => `and ${count} more; the table of the study has them all`,
  tryAgain: 'Try failed trials again',
  tryAgainHint: 'Runs only the trials that have no result; what is finished is not computed again.',
  trials: (done: number, total: number) => `${done} of ${total} trials`,
  trialsBar: (name: string) => `Trials of ${name}`,
  stageBar: (stage: string) => `Progress of: ${stage}`,
  beginning: 'Preparing…',
  left: (wait: string) => `about ${wait} left`,
  stageLeft: (wait: string) => `${wait} left in this step`,
  added: 'Added',
  started: 'Started',
  finished: 'Ended',
  took: (wait: string) => `took ${wait}`,

  pause: 'Pause',
  pauseHint: 'Stops after the trial in hand; nothing is lost.',
  keepRunning: 'Keep running',
  resume: 'Resume',
  resumeHint: 'Goes on where it stopped; what is finished is not computed again.',
  resumeForced: 'Start all the same',
  resumeForcedHint: 'Starts although by the estimate disk or memory will not do.',
  cancel: 'Cancel',
  cancelHint: 'Stops at once; finished trials are kept, and Resume takes the job up again.',
  remove: 'Remove',
  removed: (name: string) => `${name} is off the list; its results stay.`,
  moveUp: (name: string) => `Move ${name} up`,
  moveDown: (name: string) => `Move ${name} down`,
  drag: 'Drag to another place, or use Alt+↑ and Alt+↓',
  openStudy: 'Open results',
  openTraining: 'Open curves',
  log: 'Log',
  logOf: (name: string) => `Log of ${name}`,
  emptyLog: 'Nothing was written since Lathe was started.',
  actions: (name: string) => `Actions for ${name}`,

  engines: (count: number) => (count === 1 ? '1 engine process' : `${count} engine processes`),
  memory: 'memory',
  load: 'processor',
  interruptedHint: 'The process that ran it ended. Resume goes on where it stopped.',

  emptyTitle: 'No job yet',
  empty:
    'A study that you start appears here with its progress, and goes on when you close this page. Set one up in the Study view.',
  toStudy: 'Set up a study'
}
