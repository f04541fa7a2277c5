import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { StudySummary } from '@contract/workbench-data'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'
import { useJobsStore } from './jobs'

/** How far a study is, for a list. */
export type StudyProgress = 'running' | 'waiting' | 'complete' | 'failures' | 'partial' | 'empty'

export interface ListedStudy extends StudySummary {
  readonly progress: StudyProgress
}

/** All studies of the workspace, the newest first. */
export const useStudiesStore = defineStore('studies', () => {
  const host = useHost()
  const jobs = useJobsStore()
  /** Undefined until they were read once. */
  const summaries = shallowRef<readonly StudySummary[]>()
  const failure = ref<string>()
  let lastLoad = 0

  const all = computed<readonly ListedStudy[] | undefined>(() =>
    summaries.value
      ?.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
      .map((study) => ({ ...study, progress: progressOf(study) }))
  )

  function progressOf(study: StudySummary): StudyProgress {
    const { studyId, name, completedTrialCount, failedTrialCount, trialCount } = study
    // A job knows its study once model and data were looked at; until then its name has to do.
    const job = jobs.queued.find((each) =>
      each.studyId === null ? each.name === name : each.studyId === studyId
    )
    if (job?.state === 'running' || job?.state === 'waiting') return job.state
    if (failedTrialCount > 0) return 'failures'
    if (completedTrialCount === 0) return 'empty'
    return completedTrialCount < trialCount ? 'partial' : 'complete'
  }

  /** Whether anything of a study can be shown on a chart; false while nobody knows. */
  function hasPoints(studyId: string | null): boolean {
    return summaries.value?.some((each) => each.studyId === studyId && each.completedTrialCount > 0) ?? false
  }

  async function load(): Promise<void> {
    const attempt = ++lastLoad
    try {
      const loaded = await host.call('studies.list', {})
      if (attempt !== lastLoad) return
      summaries.value = loaded
      failure.value = undefined
    } catch (thrown) {
      if (attempt === lastLoad) failure.value = failureMessage(thrown)
    }
  }

  const states = new Map<string, string>()
  host.onEvent((event) => {
    if (event.kind === 'trial.ended') void load()
    if (event.kind !== 'job.changed') return
    // Progress comes many times a second and changes no count.
    const { jobId, state } = event.job
    if (states.get(jobId) !== state) void load()
    states.set(jobId, state)
  })
  host.onReload(() => void load())
  void load()

  return { all, failure, hasPoints, load }
})
