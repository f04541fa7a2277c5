import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { PlanFile } from '@contract/rank-plan'
import type { LowRankMethod } from '@contract/recipe'

/** Ranks that were chosen by looking at a model, on their way into a study. */
export interface PlanDraft {
  readonly plan: PlanFile
  /** Path of the model that the plan was made for. */
  readonly modelPath: string
  readonly calibrationPath: string | null
  readonly method: LowRankMethod
}

/** The plan in hand, from the inspect view to the study editor; gone with the page. */
export const usePlanDraftStore = defineStore('plan-draft', () => {
  const draft = shallowRef<PlanDraft>()

  function keep(chosen: PlanDraft): void {
    draft.value = chosen
  }

  function clear(): void {
    draft.value = undefined
  }

  return { draft, keep, clear }
})
