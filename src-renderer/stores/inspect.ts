import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { ModelDescription } from '@contract/model'
import type { LatencyTable } from '@contract/rank-plan'
import type { ModelSpectra } from '@contract/spectra'
import { useHost } from '../app/host'
import { layerRows, type LayerRow } from '../format/layer-rows'
import { latestAnswer } from './latest-answer'
import { useRankPreviewStore } from './rank-preview'

/** The model that is looked into: what it is, how its layers decompose, and the layer in hand. */
export const useInspectStore = defineStore('inspect', () => {
  const host = useHost()
  const preview = useRankPreviewStore()
  const modelPath = ref<string>()
  const calibrationPath = ref<string | null>(null)
  const layerId = ref<string>()
  const description = latestAnswer<ModelDescription>()
  const spectra = latestAnswer<ModelSpectra>()
  const times = latestAnswer<LatencyTable>()

  /** As the host is asked about it. */
  const inspected = computed(() =>
    modelPath.value === undefined
      ? undefined
      : { modelPath: modelPath.value, calibrationPath: calibrationPath.value }
  )
  const rows = computed<LayerRow[]>(() => {
    const model = description.value.value
    return model === undefined ? [] : layerRows(model, spectra.value.value, preview.plan, times.value.value)
  })
  const layer = computed(() => rows.value.find((row) => row.layerId === layerId.value))

  /** Opens a model; one that is open already stays as it is. */
  async function open(path: string): Promise<void> {
    if (path === modelPath.value) return
    modelPath.value = path
    calibrationPath.value = null
    layerId.value = undefined
    description.reset()
    await reload()
  }

  /** Reads the model again, from the beginning. */
  async function reload(): Promise<void> {
    const path = modelPath.value
    if (path === undefined) return
    spectra.reset()
    times.reset()
    preview.forget()
    await description.ask((signal) => host.call('model.describe', { modelPath: path }, { signal }))
    const model = description.value.value
    if (path !== modelPath.value || model === undefined) return
    layerId.value ??= (model.layers.find(({ blockIndex }) => blockIndex !== null) ?? model.layers[0])?.layerId
    await decompose()
  }

  /** Watches the model on recordings, or on none. */
  async function calibrate(path: string | null): Promise<void> {
    calibrationPath.value = path
    await decompose()
  }

  async function decompose(): Promise<void> {
    const model = inspected.value
    if (model === undefined) return
    await spectra.ask((signal) => host.call('model.spectra', model, { signal }))
    // Factors are at hand now, so that the plan answers at once.
    if (spectra.value.value !== undefined && spectra.failure.value === undefined) preview.follow(model)
  }

  /** Times this machine on the shapes of the model, so that rows have times; `again` also when it is remembered. */
  async function estimateTimes(again = false): Promise<void> {
    const path = modelPath.value
    if (path === undefined) return
    await times.ask((signal) => host.call('machine.probe', { modelPath: path, again }, { signal }))
    // A plan that reckons in times reckons with these from now on.
    if (again && preview.settings.unit === 'milliseconds') void preview.replan()
  }

  function choose(chosen: string): void {
    layerId.value = chosen
  }

  return {
    modelPath,
    calibrationPath,
    layerId,
    description: description.value,
    descriptionFailure: description.failure,
    isDescribing: description.isBusy,
    spectra: spectra.value,
    spectraFailure: spectra.failure,
    isDecomposing: spectra.isBusy,
    times: times.value,
    timesFailure: times.failure,
    isTiming: times.isBusy,
    rows,
    layer,
    inspected,
    open,
    reload,
    calibrate,
    decompose,
    choose,
    stopDecomposing: spectra.stop,
    estimateTimes,
    stopTiming: times.stop
  }
})
