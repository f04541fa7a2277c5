import { defineStore } from 'pinia'
import { ref } from 'vue'
import { WorkbenchError } from '@contract/errors'
import { useHost } from '../app/host'
import { playableSound, type PlayableSound } from '../audio/playable-sound'
import { latestAnswer } from './latest-answer'

/** Walking back and forth in a list must not load a sound twice. */
const keptSounds = 24

/** The sound of evaluated recordings, fetched one at a time as they are looked at. */
export const useRecordingsStore = defineStore('recordings', () => {
  const host = useHost()
  const sound = latestAnswer<PlayableSound>()
  /** Where the user said that the evaluation set of a study is now. */
  const datasetPaths = new Map<string, string>()
  const kept = new Map<string, PlayableSound>()
  /** Whether pointing to the data set may help. */
  const isMissing = ref(false)

  async function show(study: string, utteranceId: string): Promise<void> {
    const key = `${study} ${utteranceId}`
    isMissing.value = false
    sound.reset()
    const known = kept.get(key)
    await sound.ask(async (signal) => {
      const loaded = known ?? (await load(study, utteranceId, signal))
      kept.delete(key)
      kept.set(key, loaded)
      for (const [oldest] of kept) if (kept.size > keptSounds) kept.delete(oldest)
      return loaded
    })
  }

  async function load(study: string, utteranceId: string, signal: AbortSignal): Promise<PlayableSound> {
    const datasetPath = datasetPaths.get(study)
    try {
      const { key } = await host.call(
        'recordings.open',
        { study, utteranceId, ...(datasetPath === undefined ? {} : { datasetPath }) },
        { signal }
      )
      return await playableSound(await fetchData(key, signal))
    } catch (thrown) {
      if (!signal.aborted && thrown instanceof WorkbenchError) {
        isMissing.value = ['not-found', 'conflict', 'invalid-input'].includes(thrown.code)
      }
      throw thrown
    }
  }

  function pointTo(study: string, path: string): void {
    datasetPaths.set(study, path)
  }

  return {
    sound: sound.value,
    failure: sound.failure,
    isLoading: sound.isBusy,
    isMissing,
    show,
    pointTo,
    leave: sound.stop
  }
})

async function fetchData(key: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(`/data/${key}`, { signal })
  if (response.ok) return response.blob()
  throw new WorkbenchError('io', `The sound could not be fetched (${response.status}): choose it again.`)
}
