import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { Job } from '@contract/job'
import type { ModelDescription } from '@contract/model'
import type { StudyEstimate } from '@contract/study-estimate'
import type { RecipeCheck } from '@contract/workbench-data'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'
import { foreignContent, type ForeignContent } from '../recipes/foreign-content'
import { useStudyDraftStore } from './study-draft'

/** Pauses of typing after which the host is asked: it reads files for a check, and starts an engine for an estimate. */
const checkDelayMilliseconds = 250
const estimateDelayMilliseconds = 900

/** What the host says of the draft in hand: its trials, what they would cost, and the job that runs it. */
export const useStudyForecastStore = defineStore('study-forecast', () => {
  const host = useHost()
  const draft = useStudyDraftStore()
  /** Of the text as it stands; undefined while it is asked for. */
  const check = shallowRef<RecipeCheck>()
  /** The latest one: it stays on screen, marked as old, until the next is there. */
  const estimate = shallowRef<StudyEstimate>()
  const isEstimating = ref(false)
  const isOld = ref(false)
  const failure = ref<string>()
  const startFailure = ref<string>()
  const isStarting = ref(false)
  /** Whether the study starts although by the estimate it does not fit. */
  const isForced = ref(false)
  let stop: AbortController | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined

  const missingPaths = computed(() => (check.value?.isValid === true ? check.value.missingPaths : []))
  /** Also what only the host can see, such as a plan file that is not there. */
  const problem = computed(() => (check.value?.isValid === false ? check.value : undefined))
  /** Of the estimate as it stands; what is old says nothing of the draft in hand. */
  const shortfalls = computed(() => (isOld.value ? [] : (estimate.value?.shortfalls ?? [])))
  const canStart = computed(
    () =>
      (shortfalls.value.length === 0 || isForced.value) &&
      draft.checked.isValid &&
      check.value?.isValid === true &&
      missingPaths.value.length === 0 &&
      !isStarting.value
  )
  /** The job that was started from this draft last. */
  const jobId = computed(() => draft.current?.jobId)

  watch(
    () => [draft.text, draft.folder, draft.checked.isValid] as const,
    () => ask(checkDelayMilliseconds),
    { immediate: true, flush: 'sync' }
  )
  host.onReload(() => ask(0))

  function ask(delay: number): void {
    stop?.abort()
    clearTimeout(waiting)
    check.value = undefined
    isOld.value = true
    isForced.value = false
    isEstimating.value = false
    startFailure.value = undefined
    if (draft.form === undefined || !draft.checked.isValid) return
    waiting = setTimeout(() => void look(), delay)
  }

  async function look(): Promise<void> {
    const own = new AbortController()
    stop = own
    const { signal } = own
    const asked = { text: draft.text, folder: draft.folder }
    try {
      failure.value = undefined
      const answer = await host.call('recipe.check', asked, { signal })
      check.value = answer
      if (!answer.isValid || answer.missingPaths.length > 0) return
      isEstimating.value = true
      await pause(estimateDelayMilliseconds - checkDelayMilliseconds, signal)
      estimate.value = await host.call('recipe.estimate', asked, { signal })
      isOld.value = false
    } catch (thrown) {
      if (!isCancelled(thrown)) failure.value = failureMessage(thrown)
    } finally {
      if (stop === own) isEstimating.value = false
    }
  }

  /** Puts the draft into the queue. */
  async function start(): Promise<Job | undefined> {
    const { currentId, text, folder } = draft
    if (!canStart.value || currentId === undefined) return undefined
    isStarting.value = true
    startFailure.value = undefined
    try {
      const job = await host.call('jobs.start', {
        kind: 'study',
        recipe: { text, folder },
        ...(isForced.value ? { force: true } : {})
      })
      draft.markStarted(currentId, job.jobId)
      return job
    } catch (thrown) {
      startFailure.value = failureMessage(thrown)
      return undefined
    } finally {
      isStarting.value = false
    }
  }

  /** The layers of a model, for presets that give each of them a trial. @throws WorkbenchError as the host does. */
  function describeModel(modelPath: string): Promise<ModelDescription> {
    return host.call('model.describe', { modelPath })
  }

  /**
   * Takes a recipe file as a draft. What is no recipe at all is none, and what it is instead is the answer.
   *
   * @throws WorkbenchError as the host does.
   */
  async function openFile(path: string): Promise<ForeignContent | undefined> {
    const file = await host.call('recipe.read', { path })
    const foreign = foreignContent(file.text, 'study')
    if (foreign === undefined) draft.open(file)
    return foreign
  }

  /** The study of a job: known by its id once model and data were looked at, before that the latest of its name. */
  async function studyOf(job: Job): Promise<string> {
    if (job.studyId !== null) return job.studyId
    const studies = await host.call('studies.list', {})
    return studies.find(({ name }) => name === job.name)?.studyId ?? job.name
  }

  // What a job has finished need not be done again, so the estimate changes with it.
  host.onEvent((event) => {
    if (event.kind === 'job.changed' && event.job.finishedAt !== null && event.job.jobId === jobId.value)
      ask(0)
  })

  return {
    check,
    estimate,
    isEstimating,
    isOld,
    failure,
    startFailure,
    isStarting,
    missingPaths,
    problem,
    shortfalls,
    isForced,
    canStart,
    jobId,
    start,
    describeModel,
    openFile,
    studyOf
  }
})

function isCancelled(thrown: unknown): boolean {
  return thrown instanceof WorkbenchError && thrown.code === 'cancelled'
}

/** @throws WorkbenchError `cancelled` when it is told to stop. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new WorkbenchError('cancelled', 'The estimate is not wanted any more.'))
    })
  })
}
