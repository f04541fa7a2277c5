import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { ModelPlan } from '@contract/model-plan'
import { planFileSchema, rankMapOf, type PlanFile, type RankMap } from '@contract/rank-plan'
import type { BudgetScope, BudgetUnit, GridRankPolicy, LowRankMethod } from '@contract/recipe'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'

/** A model as the host is asked about it. */
interface PreviewedModel {
  readonly modelPath: string
  readonly calibrationPath: string | null
}

/** How ranks are chosen. */
interface PreviewSettings {
  method: LowRankMethod
  policy: GridRankPolicy
  unit: BudgetUnit
  scope: BudgetScope
  /** Kept ÷ before, in the unit and over the scope. */
  fraction: number
}

/** Why the ranks of a file cannot be taken. */
export type PlanFileProblem = 'not-a-plan' | 'other-model'

/** The ranks of a whole model as they would be chosen; they follow every change of the budget. */
export const useRankPreviewStore = defineStore('rank-preview', () => {
  const host = useHost()
  const model = shallowRef<PreviewedModel>()
  const settings = reactive<PreviewSettings>({
    method: 'weight-svd',
    policy: 'water-filling',
    unit: 'parameters',
    scope: 'layers',
    fraction: 0.5
  })
  /** Ranks that the user set for single layers. */
  const byHand = shallowRef<RankMap>({})
  /** A rank that is tried out and not in the plan: that of the layer in hand while it is moved. */
  const dragged = shallowRef<RankMap>({})
  /** Ranks from a file, in place of the budget. */
  const imported = shallowRef<{ readonly name: string; readonly ranks: RankMap }>()
  /** As the budget or the file says, and the same with the ranks by hand. */
  const base = shallowRef<ModelPlan>()
  const edited = shallowRef<ModelPlan>()
  const failure = ref<string>()
  const isPlanning = ref(false)
  let isStale = false

  /** The plan with everything in it; columns for uniform ranks stay beside ranks by hand. */
  const plan = computed<ModelPlan | undefined>(() => {
    const [whole, budgeted] = [edited.value, base.value]
    if (whole === undefined || budgeted === undefined) return budgeted
    const uniformOf = new Map(budgeted.layers.map(({ layerId, uniform }) => [layerId, uniform]))
    return {
      ...whole,
      uniformPredicted: budgeted.uniformPredicted,
      layers: whole.layers.map((layer) => {
        const uniform = uniformOf.get(layer.layerId)
        return uniform === undefined ? layer : { ...layer, uniform }
      })
    }
  })
  const setByHand = computed(() => Object.keys(byHand.value))

  /** Plans this model from now on. */
  function follow(followed: PreviewedModel): void {
    model.value = followed
    const isCalibrated = followed.calibrationPath !== null
    if (!isCalibrated && settings.method !== 'weight-svd') settings.method = 'weight-svd'
    if (!isCalibrated && settings.policy === 'sensitivity') settings.policy = 'water-filling'
    void replan()
  }

  function forget(): void {
    model.value = undefined
    base.value = undefined
    edited.value = undefined
    byHand.value = {}
    dragged.value = {}
    imported.value = undefined
    failure.value = undefined
  }

  /**
   * Asks for the plan as it is wanted now. One question at a time: while one is under way changes only note that there
   * is a newer one, so that a slider never runs ahead of the engine.
   */
  async function replan(): Promise<void> {
    isStale = true
    if (isPlanning.value) return
    isPlanning.value = true
    while (isStale && model.value !== undefined) {
      isStale = false
      await planOnce(model.value)
    }
    isPlanning.value = false
  }

  async function planOnce(planned: PreviewedModel): Promise<void> {
    try {
      const { method, policy, unit, scope, fraction } = settings
      const manual = (rankMap: RankMap) =>
        host.call('plan.preview', { ...planned, method, ranks: { policy: 'manual', rankMap } })
      const budgeted = await (imported.value === undefined
        ? host.call('plan.preview', {
            ...planned,
            method,
            ranks: { policy, retainedFraction: fraction, budgetUnit: unit, budgetScope: scope }
          })
        : manual(imported.value.ranks))
      const hasEdits = Object.keys(byHand.value).length > 0
      const changed = hasEdits
        ? await manual({ ...rankMapOf(budgeted.planFile), ...byHand.value })
        : undefined
      if (planned !== model.value) return
      base.value = budgeted
      edited.value = changed
      failure.value = undefined
    } catch (thrown) {
      const isTakenBack = thrown instanceof WorkbenchError && thrown.code === 'cancelled'
      if (planned === model.value && !isTakenBack) failure.value = failureMessage(thrown)
    }
  }

  /** Sets the rank of layers that share a weight; undefined lets the plan decide again. */
  function setRank(layerIds: readonly string[], rank: number | 'dense' | undefined): void {
    const others = Object.entries(byHand.value).filter(([id]) => !layerIds.includes(id))
    const own = rank === undefined ? [] : layerIds.map((id) => [id, rank] as const)
    byHand.value = Object.fromEntries([...others, ...own])
    void replan()
  }

  /** Tries a rank of layers that share a weight; undefined: what the plan says. */
  function drag(layerIds: readonly string[], rank: number | undefined): void {
    dragged.value = rank === undefined ? {} : Object.fromEntries(layerIds.map((id) => [id, rank]))
  }

  function clearByHand(): void {
    byHand.value = {}
    void replan()
  }

  /** Takes the ranks of a plan file, and says what is wrong with it if they cannot be taken. */
  function importPlan(name: string, text: string, modelHash: string): PlanFileProblem | undefined {
    const file = parsePlan(text)
    if (file === undefined) return 'not-a-plan'
    if (file.modelHash !== modelHash) return 'other-model'
    imported.value = { name, ranks: rankMapOf(file) }
    byHand.value = {}
    void replan()
    return undefined
  }

  function leaveImported(): void {
    imported.value = undefined
    void replan()
  }

  watch(settings, () => {
    if (model.value !== undefined) void replan()
  })

  return {
    settings,
    byHand,
    dragged,
    setByHand,
    imported,
    plan,
    failure,
    isPlanning,
    follow,
    forget,
    replan,
    setRank,
    drag,
    clearByHand,
    importPlan,
    leaveImported
  }
})

function parsePlan(text: string): PlanFile | undefined {
  try {
    return planFileSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
