import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { WorkbenchError } from '@contract/errors'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'
import { useJobsStore } from './jobs'
import { useLibraryStore } from './library'
import { useStudiesStore } from './studies'

/** The study of the demo that came with Lathe, from the moment its model is in the library until all of it is measured. */
export const useDemoStore = defineStore('demo', () => {
  const host = useHost()
  const library = useLibraryStore()
  const jobs = useJobsStore()
  const studies = useStudiesStore()
  /** What its recipe says; undefined until it was read. */
  const study = shallowRef<{ readonly name: string; readonly trialCount: number }>()
  const failure = ref<string>()
  const isStarting = ref(false)

  /** Undefined while its model is not in the library. */
  const recipePath = computed(() => (library.demo?.isAdded === true ? library.demo.recipePath : undefined))
  /** The one started last, from wherever. */
  const job = computed(() =>
    jobs.all
      ?.filter(({ kind, name }) => kind === 'study' && name === study.value?.name)
      .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
      .at(0)
  )
  /** Whether there is anything left to do; false until that is known, so that nothing shows up only to vanish. */
  const isOffered = computed(() => {
    const { value: known } = study
    if (failure.value !== undefined) return true
    if (known === undefined || jobs.all === undefined || studies.all === undefined) return false
    return !studies.all.some(({ name, progress }) => name === known.name && progress === 'complete')
  })
  /** What stopped for a while is taken up again in the queue; what ended can be started anew, and keeps what it has. */
  const canStart = computed(
    () => job.value === undefined || ['completed', 'failed', 'cancelled'].includes(job.value.state)
  )

  watch(recipePath, (path) => void read(path), { immediate: true })

  async function read(path: string | undefined): Promise<void> {
    if (path === undefined) return
    await attempting(async () => {
      const check = await host.call('recipe.check', await host.call('recipe.read', { path }))
      if (!check.isValid) throw new WorkbenchError('invalid-input', check.message)
      study.value = { name: check.recipe.name, trialCount: check.trialNames.length }
    })
  }

  /** Puts the study into the queue as it came with Lathe. */
  async function start(): Promise<boolean> {
    const path = recipePath.value
    if (path === undefined || isStarting.value) return false
    isStarting.value = true
    const isStarted = await attempting(async () => {
      await host.call('jobs.start', { kind: 'study', recipe: { path } })
    })
    isStarting.value = false
    return isStarted
  }

  async function attempting(work: () => Promise<void>): Promise<boolean> {
    failure.value = undefined
    try {
      await work()
      return true
    } catch (thrown) {
      failure.value = failureMessage(thrown)
      return false
    }
  }

  return { study, job, recipePath, isOffered, canStart, isStarting, failure, start }
})
