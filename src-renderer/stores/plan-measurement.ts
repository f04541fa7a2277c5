import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { CallParams } from '@contract/calls'
import type { PlanMeasurement } from '@contract/inspect'
import { normalizerNames, type EvaluationSettings } from '@contract/recipe'
import { rankMapOf } from '@contract/rank-plan'
import { useHost } from '../app/host'
import { useInspectStore } from './inspect'
import { latestAnswer } from './latest-answer'
import { useRankPreviewStore } from './rank-preview'

/** How long ranks must rest before they are measured. */
const restMilliseconds = 1500

const storageKey = 'lathe.measure-plan'

interface MeasureSettings {
  /** Whether plans are measured without being asked for one by one. */
  isOn: boolean
  /** Recordings that are drawn from; null before they are chosen. */
  evaluationPath: string | null
  normalizer: EvaluationSettings['normalizer']
}

/**
 * The plan in hand, with the rank that is being tried out, really made and heard on a few recordings whenever it has
 * rested; off until it is asked for.
 */
export const usePlanMeasurementStore = defineStore('plan-measurement', () => {
  const host = useHost()
  const inspect = useInspectStore()
  const preview = useRankPreviewStore()
  const settings = reactive<MeasureSettings>(readSettings())
  const answer = latestAnswer<PlanMeasurement>()
  /** What was measured last, to tell whether it is still what is wanted. */
  const measured = ref<string>()
  const isResting = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  /** What is to be measured; undefined while something is missing or the plan still changes. */
  const wanted = computed((): CallParams<'plan.measure'> | undefined => {
    const [{ inspected }, { plan, isPlanning, settings: planned }] = [inspect, preview]
    const { isOn, evaluationPath, normalizer } = settings
    if (!isOn || evaluationPath === null || inspected === undefined) return undefined
    if (plan === undefined || isPlanning) return undefined
    const rankMap = { ...rankMapOf(plan.planFile), ...preview.dragged }
    const ranks = { policy: 'manual', rankMap } as const
    return { ...inspected, method: planned.method, ranks, evaluationPath, normalizer }
  })
  /** Two plans are the same when all of this is. */
  const wantedKey = computed(() => (wanted.value === undefined ? undefined : JSON.stringify(wanted.value)))
  const isOutdated = computed(() => answer.value.value !== undefined && measured.value !== wantedKey.value)
  /** Whether what is measured is not the plan but a rank that is only tried out. */
  const isOfDragged = computed(() => Object.keys(preview.dragged).length > 0)
  const isSameAsCalibration = computed(
    () => settings.evaluationPath !== null && settings.evaluationPath === inspect.calibrationPath
  )

  function rest(): void {
    clearTimeout(timer)
    isResting.value = false
    if (wantedKey.value === measured.value && answer.value.value !== undefined) return
    answer.stop()
    if (wantedKey.value === undefined) return
    isResting.value = true
    timer = setTimeout(() => void measure(), restMilliseconds)
  }

  async function measure(): Promise<void> {
    const [params, key] = [wanted.value, wantedKey.value]
    isResting.value = false
    if (params === undefined || key === undefined) return
    await answer.ask(async (signal) => {
      const result = await host.call('plan.measure', params, { signal })
      if (!signal.aborted) measured.value = key
      return result
    })
  }

  watch(wantedKey, rest, { immediate: true })
  // What another model or other recordings gave says nothing of these.
  watch([() => inspect.modelPath, () => settings.evaluationPath], answer.reset)
  watch(settings, () => {
    writeSettings(settings)
  })

  return {
    settings,
    result: answer.value,
    failure: answer.failure,
    isMeasuring: answer.isBusy,
    isResting,
    isOutdated,
    isOfDragged,
    isSameAsCalibration,
    stop: answer.stop
  }
})

function readSettings(): MeasureSettings {
  const none: MeasureSettings = { isOn: false, evaluationPath: null, normalizer: 'none' }
  try {
    const stored = JSON.parse(window.localStorage.getItem(storageKey) ?? '{}') as Partial<MeasureSettings>
    const { isOn, evaluationPath, normalizer } = stored
    return {
      isOn: isOn === true,
      evaluationPath: typeof evaluationPath === 'string' ? evaluationPath : null,
      normalizer: normalizerNames.find((name) => name === normalizer) ?? 'none'
    }
  } catch {
    return none
  }
}

/** A browser that keeps nothing forgets it with the page. */
function writeSettings(settings: MeasureSettings): void {
  try {
    window.localStorage.setItem(storageKey, JSON.stringify(settings))
  } catch {
    return
  }
}
