import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'
import { checkTrainingText } from '../recipes/check-recipe-text'
import { newTraining, trainingText, type NewTraining, type TrainingForm } from '../recipes/training-form'
import { recipeDrafts } from './recipe-drafts'

/** The recipes of trainings that are being written, and their start. */
export const useTrainingDraftStore = defineStore('training-draft', () => {
  const host = useHost()
  const drafts = recipeDrafts<TrainingForm, NewTraining>({
    storageKey: 'lathe.training-drafts',
    check: checkTrainingText,
    textOf: trainingText,
    begin: newTraining,
    empty: () => newTraining({ name: '' }),
    isForm(value) {
      const { trainable, batches, augmentation } = value as Partial<TrainingForm>
      return Array.isArray(trainable) && typeof batches === 'object' && typeof augmentation === 'object'
    }
  })
  const isStarting = ref(false)
  const startFailure = ref<string>()

  /** Puts the draft in hand into the queue; the id of its job, or undefined when it was refused. */
  async function start(): Promise<string | undefined> {
    const draft = drafts.current.value
    if (draft === undefined || !drafts.checked.value.isValid || isStarting.value) return undefined
    isStarting.value = true
    startFailure.value = undefined
    try {
      const { text, folder, draftId } = draft
      const { jobId } = await host.call('jobs.start', { kind: 'training', recipe: { text, folder } })
      drafts.markStarted(draftId, jobId)
      return jobId
    } catch (thrown) {
      startFailure.value = failureMessage(thrown)
      return undefined
    } finally {
      isStarting.value = false
    }
  }

  return { ...drafts, isStarting, startFailure, start }
})
