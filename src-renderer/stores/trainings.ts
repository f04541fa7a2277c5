import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { bestDevelopment, type TrainingPace } from '@contract/training'
import type { TrainingAdvance, TrainingListing, TrainingRecord } from '@contract/training-record'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'

/** The trainings of the workspace, and the one in hand with its curve as it grows. */
export const useTrainingsStore = defineStore('trainings', () => {
  const host = useHost()
  /** The one that changed last first, one being removed among them; undefined until they were read once. */
  const known = shallowRef<readonly TrainingListing[]>()
  /** A removal that the host does not know of yet, so that it can be taken back. */
  const removing = shallowRef<TrainingListing>()
  const all = computed(() =>
    known.value?.filter(({ trainingId }) => trainingId !== removing.value?.trainingId)
  )
  const shown = shallowRef<TrainingRecord>()
  /** How fast the one in hand runs; undefined before its first step on this page. */
  const pace = shallowRef<TrainingPace>()
  const failure = ref<string>()
  let wanted: string | undefined
  let [lastLoad, lastRead] = [0, 0]

  async function load(): Promise<void> {
    const attempt = ++lastLoad
    try {
      const listed = await host.call('trainings.list', {})
      if (attempt !== lastLoad) return
      known.value = listed
      failure.value = undefined
    } catch (thrown) {
      if (attempt === lastLoad) failure.value = failureMessage(thrown)
    }
  }

  /** Shows a training; undefined: none. */
  async function open(trainingId: string | undefined): Promise<void> {
    if (trainingId !== wanted) {
      shown.value = undefined
      pace.value = undefined
    }
    wanted = trainingId
    await read()
  }

  async function read(): Promise<void> {
    const attempt = ++lastRead
    if (wanted === undefined) return
    try {
      const record = await host.call('trainings.show', { trainingId: wanted })
      if (attempt !== lastRead) return
      shown.value = record
      failure.value = undefined
    } catch (thrown) {
      if (attempt === lastRead) failure.value = failureMessage(thrown)
    }
  }

  function advance(advanced: TrainingAdvance): void {
    const record = shown.value
    if (record?.trainingId === advanced.trainingId) {
      const extended = extendedBy(record, advanced)
      // Points are missing between: what the host has is asked for as a whole.
      if (extended === undefined) void read()
      else shown.value = extended
      pace.value = advanced.pace ?? pace.value
    }
    known.value = known.value?.map((each) =>
      each.trainingId === advanced.trainingId ? listedAfter(each, advanced, shown.value) : each
    )
  }

  /** Takes a training off the page; the host is told only when that can no longer be taken back. */
  async function remove(trainingId: string): Promise<void> {
    await commitRemoval()
    removing.value = known.value?.find((each) => each.trainingId === trainingId)
  }

  function undoRemoval(): void {
    removing.value = undefined
  }

  async function commitRemoval(): Promise<void> {
    const training = removing.value
    if (training === undefined) return
    const { trainingId } = training
    try {
      await host.call('trainings.remove', { trainingId })
      forget(trainingId)
    } catch (thrown) {
      failure.value = failureMessage(thrown)
    }
    if (removing.value === training) removing.value = undefined
  }

  function forget(trainingId: string): void {
    known.value = known.value?.filter((each) => each.trainingId !== trainingId)
    if (wanted === trainingId) void open(undefined)
  }

  host.onEvent((event) => {
    if (event.kind === 'training.advanced') advance(event.advance)
    if (event.kind === 'training.removed') forget(event.trainingId)
    if (event.kind !== 'training.changed') return
    void load()
    if (event.trainingId === wanted) {
      pace.value = undefined
      void read()
    }
  })
  host.onReload(() => {
    void load()
    void read()
  })
  void load()

  return { all, shown, pace, failure, removing, load, open, remove, undoRemoval, commitRemoval }
})

/** The record with more points; those it has already are not taken twice. Undefined when some are missing between. */
function extendedBy(
  record: TrainingRecord,
  { steps, development }: TrainingAdvance
): TrainingRecord | undefined {
  const { curve } = record
  const last = curve.steps.at(-1)?.step ?? 0
  const lastHeard = curve.development.at(-1)?.step ?? -1
  const fresh = steps.filter(({ step }) => step > last)
  const heard = development.filter(({ step }) => step > lastHeard)
  if (fresh[0] !== undefined && fresh[0].step !== last + 1) return undefined
  return {
    ...record,
    curve: { steps: [...curve.steps, ...fresh], development: [...curve.development, ...heard] }
  }
}

function listedAfter(
  listed: TrainingListing,
  { trainingId, steps }: TrainingAdvance,
  shown: TrainingRecord | undefined
): TrainingListing {
  const taken = { ...listed, steps: steps.at(-1)?.step ?? listed.steps }
  if (shown?.trainingId !== trainingId) return taken
  return { ...taken, best: bestDevelopment(shown.curve.development, shown.recipe.select) ?? null }
}
