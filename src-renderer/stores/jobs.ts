import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { CallName, CallParams } from '@contract/calls'
import type { WorkbenchEvent } from '@contract/events'
import type { Job, JobState } from '@contract/job'
import { keptLogLines, type LogLine } from '@contract/job-log'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'

/** What still waits for its turn, or can wait for it again without having been given up. */
const queuedStates: readonly JobState[] = ['running', 'waiting', 'paused', 'interrupted']

/** All jobs of the workspace, as the host tells them. */
export const useJobsStore = defineStore('jobs', () => {
  const host = useHost()
  /** In the order of the queue; undefined until they were read once. */
  const all = shallowRef<readonly Job[]>()
  /** Of the jobs whose log was asked for, oldest line first. */
  const logs = shallowRef<Readonly<Record<string, readonly LogLine[]>>>({})
  /** Why the last change of a job failed, by job; under the empty name what concerns all of them. */
  const failures = shallowRef<Readonly<Record<string, string>>>({})
  /** A removal that the host does not know of yet, so that it can be taken back. */
  const removing = shallowRef<Job>()
  const isLoading = ref(false)
  let lastLoad = 0

  const shown = computed(() => all.value?.filter(({ jobId }) => jobId !== removing.value?.jobId) ?? [])
  const queued = computed(() => shown.value.filter(({ state }) => queuedStates.includes(state)))
  /** The last one first. */
  const ended = computed(() =>
    shown.value
      .filter(({ state }) => !queuedStates.includes(state))
      .toSorted((a, b) => (b.finishedAt ?? b.createdAt).localeCompare(a.finishedAt ?? a.createdAt))
  )
  const running = computed(() => shown.value.filter(({ state }) => state === 'running'))

  async function load(): Promise<void> {
    const attempt = ++lastLoad
    isLoading.value = true
    const jobs = await attempting('', () => host.call('jobs.list', {}))
    if (attempt !== lastLoad) return
    isLoading.value = false
    if (jobs !== undefined) all.value = jobs
    // What was written while the page was not connected is asked for again.
    for (const jobId of Object.keys(logs.value)) void openLog(jobId)
  }

  /** The answer, or undefined when there is none; then it is shown at the job. */
  async function attempting<T>(jobId: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await work()
      const { [jobId]: _, ...others } = failures.value
      failures.value = others
      return answer
    } catch (thrown) {
      failures.value = { ...failures.value, [jobId]: failureMessage(thrown) }
      return undefined
    }
  }

  /** A change that the host answers with the job; the event that tells it may come before the answer or after. */
  type JobChange = Extract<CallName, 'jobs.cancel' | 'jobs.pause' | 'jobs.resume'>

  async function change<N extends JobChange>(
    name: N,
    jobId: string,
    others: Omit<CallParams<N>, 'jobId'>
  ): Promise<void> {
    const job = await attempting(jobId, () => host.call<JobChange>(name, { ...others, jobId }))
    if (job !== undefined) put(job)
  }

  function put(job: Job): void {
    const jobs = all.value
    if (jobs === undefined) return
    const isKnown = jobs.some(({ jobId }) => jobId === job.jobId)
    all.value = isKnown ? jobs.map((each) => (each.jobId === job.jobId ? job : each)) : [...jobs, job]
  }

  /** Puts a job before another one of the queue; null: at its end. */
  async function move(jobId: string, beforeJobId: string | null): Promise<void> {
    const jobs = await attempting(jobId, () => host.call('jobs.move', { jobId, beforeJobId }))
    if (jobs !== undefined) all.value = jobs
  }

  /** Moves a job by one place among those of the queue. */
  async function moveBy(jobId: string, step: -1 | 1): Promise<void> {
    const ids = queued.value.map((job) => job.jobId)
    const place = ids.indexOf(jobId)
    const target = place + step
    if (place < 0 || target < 0 || target >= ids.length) return
    // Down by one is before the one after the next.
    await move(jobId, ids[step < 0 ? target : target + 1] ?? null)
  }

  /** Takes a job off the page; the host is told only when that can no longer be taken back. */
  async function remove(job: Job): Promise<void> {
    await commitRemoval()
    removing.value = job
  }

  function undoRemoval(): void {
    removing.value = undefined
  }

  async function commitRemoval(): Promise<void> {
    const job = removing.value
    if (job === undefined) return
    const { jobId } = job
    const answer = await attempting(jobId, () => host.call('jobs.remove', { jobId }))
    if (answer !== undefined) forget(jobId)
    if (removing.value === job) removing.value = undefined
  }

  function forget(jobId: string): void {
    all.value = all.value?.filter((job) => job.jobId !== jobId)
    closeLog(jobId)
  }

  /** Follows the log of a job, from what the host still has of it. */
  async function openLog(jobId: string): Promise<void> {
    logs.value = { ...logs.value, [jobId]: logs.value[jobId] ?? [] }
    const lines = await attempting(jobId, () => host.call('jobs.log', { jobId }))
    // Lines that came as events meanwhile are in the answer too, or come after it.
    if (lines !== undefined && jobId in logs.value) logs.value = { ...logs.value, [jobId]: lines }
  }

  function closeLog(jobId: string): void {
    const { [jobId]: _, ...others } = logs.value
    logs.value = others
  }

  function follow(event: WorkbenchEvent): void {
    switch (event.kind) {
      case 'job.changed':
        put(event.job)
        return
      case 'job.removed':
        forget(event.jobId)
        return
      case 'queue.reordered': {
        const place = new Map(event.jobIds.map((jobId, index) => [jobId, index]))
        const placeOf = ({ jobId }: Job) => place.get(jobId) ?? Infinity
        all.value = all.value?.toSorted((a, b) => placeOf(a) - placeOf(b))
        return
      }
      case 'log.written': {
        const { jobId, at, text } = event
        const lines = logs.value[jobId]
        if (lines === undefined) return
        logs.value = { ...logs.value, [jobId]: [...lines.slice(1 - keptLogLines), { at, text }] }
        return
      }
      default:
      // The rest concerns other views.
    }
  }

  host.onEvent(follow)
  host.onReload(() => void load())
  void load()

  return {
    all,
    queued,
    ended,
    running,
    logs,
    failures,
    removing,
    isLoading,
    load,
    cancel: (jobId: string) => change('jobs.cancel', jobId, {}),
    pause: (jobId: string) => change('jobs.pause', jobId, {}),
    resume: (jobId: string) => change('jobs.resume', jobId, {}),
    /** Also when by the estimate it does not fit on the machine. */
    resumeForced: (jobId: string) => change('jobs.resume', jobId, { force: true }),
    move,
    moveBy,
    remove,
    undoRemoval,
    commitRemoval,
    openLog,
    closeLog
  }
})
