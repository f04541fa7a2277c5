import { watch, type Ref, type ShallowRef } from 'vue'
import type { Api } from '../../api/client'
import { useHost } from '../../app/host'
import { latestAnswer } from '../../stores/latest-answer'
import { useInspectStore } from '../../stores/inspect'

/** A layer of a model, as the host is asked about it. */
export interface AskedLayer {
  readonly modelPath: string
  readonly calibrationPath: string | null
  readonly layerId: string
}

/** What the host tells of the layer in hand; asked again when another layer or another calibration set is chosen. */
export function useLayerDetail<Answer>(
  question: (host: Api, layer: AskedLayer, signal: AbortSignal) => Promise<Answer>
): {
  readonly answer: ShallowRef<Answer | undefined>
  readonly failure: Ref<string | undefined>
  readonly isBusy: Ref<boolean>
} {
  const host = useHost()
  const store = useInspectStore()
  const { value, failure, isBusy, ask, reset } = latestAnswer<Answer>()
  watch(
    () => [store.inspected, store.layerId] as const,
    ([model, layerId]) => {
      if (model === undefined || layerId === undefined) reset()
      else void ask((signal) => question(host, { ...model, layerId }, signal))
    },
    { immediate: true }
  )
  return { answer: value, failure, isBusy }
}
