import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import {
  fewestComparedTiers,
  mostComparedTiers,
  type ComparedUtterance,
  type TierDifference,
  type UtteranceFilter,
  type UtteranceOrder
} from '@contract/compare'
import type { StudyReport, TrialReport } from '@contract/trial'
import { WorkbenchError } from '@contract/errors'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'
import { latestAnswer } from './latest-answer'
import { usePinsStore } from './pins'

/** Utterances in one answer of the host; a screen shows about ten. */
const pageLength = 40
/** How many tiers are chosen at first: what fits beside each other without scrolling. */
const firstChosen = 4

/** The tiers that are held beside each other, and what they made of the evaluation set. */
export const useCompareStore = defineStore('compare', () => {
  const host = useHost()
  const pins = usePinsStore()
  const studyId = ref<string>()
  /** Completed trials of the study. */
  const finished = shallowRef<readonly TrialReport[]>([])
  const trialIds = shallowRef<readonly string[]>([])
  const order = ref<UtteranceOrder>('worst')
  const filter = ref<UtteranceFilter>('all')
  const search = ref('')
  /** By place in the list; a list of 10,000 is loaded where it is looked at. */
  const utterances = shallowRef<ReadonlyMap<number, ComparedUtterance>>(new Map())
  /** Undefined until the first part of the list is there. */
  const counts = shallowRef<{ readonly matching: number; readonly total: number }>()
  const failure = ref<string>()
  const chosenIndex = ref<number>()
  const differences = latestAnswer<readonly TierDifference[]>()
  let asked = new Set<number>()
  let stop = new AbortController()

  const tiers = computed(() =>
    trialIds.value.flatMap((trialId) => finished.value.find((trial) => trial.trialId === trialId) ?? [])
  )
  const canRemove = computed(() => trialIds.value.length > fewestComparedTiers)
  const canAdd = computed(() => trialIds.value.length < mostComparedTiers)
  const chosen = computed(() =>
    chosenIndex.value === undefined ? undefined : utterances.value.get(chosenIndex.value)
  )

  /** Shows a study; `wanted` are the ids of tiers to begin with, where others are not chosen already. */
  function open({ study, trials }: StudyReport, wanted: readonly string[]): void {
    finished.value = trials.filter(({ state }) => state === 'completed')
    pins.open(study.studyId)
    const isOther = studyId.value !== study.studyId
    studyId.value = study.studyId
    // Two studies may share trials, and their lists differ all the same.
    if (isOther) trialIds.value = []
    const known = wanted.filter((id) => finished.value.some(({ trialId }) => trialId === id))
    if (known.length >= fewestComparedTiers) choose(known.slice(0, mostComparedTiers))
    else if (isOther || trialIds.value.length < fewestComparedTiers) choose(firstTiers())
  }

  /** The baseline and what the user pinned; else the yardsticks, and the first tiers that are more than a number format. */
  function firstTiers(): string[] {
    const idsOf = (isWanted: (trial: TrialReport) => boolean) =>
      finished.value.filter(isWanted).map(({ trialId }) => trialId)
    const all = idsOf(() => true)
    const baseline = idsOf(({ method }) => method === 'baseline')
    const pinned = pins.pins.map(({ trialId }) => trialId).filter((id) => all.includes(id))
    const ordered = new Set([
      ...baseline,
      ...pinned,
      ...idsOf(({ method, precision }) => method === 'quantize' && precision === 'int8'),
      ...idsOf(({ method }) => method !== 'quantize'),
      ...all
    ])
    const own = new Set([...baseline, ...pinned]).size
    const count = pinned.length === 0 ? firstChosen : Math.max(fewestComparedTiers, own)
    return [...ordered].slice(0, Math.min(count, mostComparedTiers))
  }

  function choose(ids: readonly string[]): void {
    if (ids.join() === trialIds.value.join()) return
    const utteranceId = chosen.value?.utteranceId
    trialIds.value = ids
    differences.reset()
    void restart(utteranceId)
  }

  function add(trialId: string): void {
    if (canAdd.value && !trialIds.value.includes(trialId)) choose([...trialIds.value, trialId])
  }

  function remove(trialId: string): void {
    if (canRemove.value) choose(trialIds.value.filter((id) => id !== trialId))
  }

  function arrange(change: { order?: UtteranceOrder; filter?: UtteranceFilter; search?: string }): void {
    order.value = change.order ?? order.value
    filter.value = change.filter ?? filter.value
    search.value = change.search ?? search.value
    void restart(undefined)
  }

  /** Loads the list anew; what was chosen stays chosen when it is in the first part. */
  async function restart(utteranceId: string | undefined): Promise<void> {
    stop.abort()
    stop = new AbortController()
    const own = stop
    asked = new Set()
    failure.value = undefined
    if (trialIds.value.length < fewestComparedTiers) {
      utterances.value = new Map()
      counts.value = undefined
      return
    }
    await load(0, true)
    if (own !== stop || failure.value !== undefined) return
    const found = [...utterances.value].find(([, each]) => each.utteranceId === utteranceId)?.[0]
    chosenIndex.value = found ?? (counts.value?.matching === 0 ? undefined : 0)
  }

  /** Makes sure that a stretch of the list is there or on its way. */
  function ensure(first: number, last: number): void {
    const end = Math.min(last, (counts.value?.matching ?? 0) - 1)
    for (let page = Math.floor(first / pageLength); page * pageLength <= end; page++) void load(page, false)
  }

  async function load(page: number, isFirst: boolean): Promise<void> {
    const study = studyId.value
    if (study === undefined || asked.has(page)) return
    asked.add(page)
    const { signal } = stop
    const own = asked
    try {
      const answer = await host.call(
        'studies.utterances',
        {
          study,
          trialIds: [...trialIds.value],
          order: order.value,
          filter: filter.value,
          search: search.value,
          offset: page * pageLength,
          limit: pageLength
        },
        { signal }
      )
      if (signal.aborted) return
      const placed = answer.utterances.map((each, index) => [answer.offset + index, each] as const)
      utterances.value = new Map([...(isFirst ? [] : utterances.value), ...placed])
      counts.value = { matching: answer.matching, total: answer.total }
    } catch (thrown) {
      own.delete(page)
      if (signal.aborted || (thrown instanceof WorkbenchError && thrown.code === 'cancelled')) return
      failure.value = failureMessage(thrown)
    }
  }

  /** Chooses the utterance before or after, or at a place. */
  function select(index: number): void {
    const matching = counts.value?.matching ?? 0
    if (matching === 0) return
    chosenIndex.value = Math.max(0, Math.min(matching - 1, index))
    ensure(chosenIndex.value, chosenIndex.value)
  }

  /** Compares every two tiers, unless that was done. */
  function compareTiers(): void {
    const study = studyId.value
    if (study === undefined || tiers.value.length < fewestComparedTiers) return
    if (differences.value.value !== undefined || differences.isBusy.value) return
    void differences.ask((signal) =>
      host.call('studies.differences', { study, trialIds: [...trialIds.value] }, { signal })
    )
  }

  host.onReload(() => void restart(chosen.value?.utteranceId))

  return {
    studyId,
    finished,
    trialIds,
    tiers,
    canAdd,
    canRemove,
    order,
    filter,
    search,
    utterances,
    counts,
    failure,
    chosenIndex,
    chosen,
    differences: differences.value,
    differencesFailure: differences.failure,
    isComparing: differences.isBusy,
    open,
    add,
    remove,
    arrange,
    ensure,
    select,
    compareTiers,
    retry: () => restart(chosen.value?.utteranceId)
  }
})
