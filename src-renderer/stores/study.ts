import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { StudyReport, TrialReport } from '@contract/trial'
import { useHost } from '../app/host'

/** The study that all views of results show. It follows the job that runs it. */
export const useStudyStore = defineStore('study', () => {
  const host = useHost()
  const report = shallowRef<StudyReport>()
  const isLoading = ref(false)
  const failure = ref<string>()
  let wanted: string | undefined
  let jobState: string | undefined

  const trials = computed<readonly TrialReport[]>(() => report.value?.trials ?? [])
  const baseline = computed(() => trials.value.find(({ method }) => method === 'baseline'))

  /** `study`: id, name, or the beginning of an id. */
  async function open(study: string): Promise<void> {
    wanted = study
    isLoading.value = true
    await load(study)
    isLoading.value = false
  }

  async function load(study: string): Promise<void> {
    try {
      const loaded = await host.call('studies.show', { study })
      // Of two studies opened in a row the later one counts, whichever was read first.
      if (wanted !== study) return
      report.value = loaded
      failure.value = undefined
    } catch (thrown) {
      if (wanted === study) failure.value = thrown instanceof WorkbenchError ? thrown.message : String(thrown)
    }
  }

  /** A trial that ended changes comparisons of others too, so the whole is read again. */
  function refresh(): void {
    if (wanted !== undefined) void load(wanted)
  }

  host.onEvent((event) => {
    const current = report.value
    if (current === undefined) return
    if (event.kind === 'trial.ended' && current.trials.some(({ trialId }) => trialId === event.trial.trialId))
      refresh()
    if (event.kind !== 'job.changed' || event.job.studyId !== current.study.studyId) return
    // Progress changes a job many times a second; only how it stands says something about the study.
    if (event.job.state !== jobState) refresh()
    jobState = event.job.state
  })
  host.onReload(refresh)

  return { report, trials, baseline, isLoading, failure, open, refresh }
})
