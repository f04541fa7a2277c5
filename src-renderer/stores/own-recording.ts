import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { WorkbenchError } from '@contract/errors'
import { uploadPartBytes, type TierTranscription } from '@contract/transcription'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'

/** One tier on its way to hear the recording. */
export interface HearingTier {
  readonly trialId: string
  readonly state: 'waiting' | 'hearing' | 'done' | 'failed' | 'stopped'
  readonly transcription?: TierTranscription
  readonly failure?: string
}

/** A recording of the user's own and what the tiers hear in it. */
export const useOwnRecordingStore = defineStore('own recording', () => {
  const host = useHost()
  const file = shallowRef<File>()
  const tiers = shallowRef<readonly HearingTier[]>([])
  /** Share of the sound that has arrived at the host; undefined unless it is being sent. */
  const sent = ref<number>()
  const failure = ref<string>()
  const isRunning = ref(false)
  let stop: AbortController | undefined

  /** The tier that the others are held against: the first one that has heard the recording. */
  const reference = computed(() => tiers.value.find(({ state }) => state === 'done')?.transcription)

  /** Lets the tiers hear a recording one after the other; whatever ran before is stopped. */
  async function hear(recording: File, study: string, trialIds: readonly string[]): Promise<void> {
    stop?.abort()
    const own = new AbortController()
    stop = own
    file.value = recording
    failure.value = undefined
    isRunning.value = true
    tiers.value = trialIds.map((trialId) => ({ trialId, state: 'waiting' }))
    try {
      await hearAll(recording, study, trialIds, own.signal)
    } catch (thrown) {
      if (stop === own && !own.signal.aborted) failure.value = failureMessage(thrown)
    }
    if (stop !== own) return
    tiers.value = tiers.value.map((tier) => (isUnderWay(tier) ? { ...tier, state: 'stopped' } : tier))
    sent.value = undefined
    isRunning.value = false
  }

  async function hearAll(
    recording: File,
    study: string,
    trialIds: readonly string[],
    signal: AbortSignal
  ): Promise<void> {
    const { uploadId } = await host.call(
      'transcribe.begin',
      { name: recording.name.slice(0, 300), sizeBytes: recording.size },
      { signal }
    )
    try {
      await send(uploadId, recording, signal)
      for (const trial of trialIds) await hearOne({ uploadId, study, trial }, signal)
    } finally {
      // The host forgets it by itself later; that it is not there to be told does no harm.
      await host.call('transcribe.discard', { uploadId }).catch(() => undefined)
    }
  }

  async function send(uploadId: string, recording: File, signal: AbortSignal): Promise<void> {
    for (let offset = 0; offset < recording.size; offset += uploadPartBytes) {
      const part = new Uint8Array(await recording.slice(offset, offset + uploadPartBytes).arrayBuffer())
      if (!signal.aborted) sent.value = offset / recording.size
      await host.call('transcribe.append', { uploadId, offset, base64: base64Of(part) }, { signal })
    }
    if (!signal.aborted) sent.value = undefined
  }

  /** A tier that cannot hear the recording is no reason not to ask the next one. */
  async function hearOne(
    request: { readonly uploadId: string; readonly study: string; readonly trial: string },
    signal: AbortSignal
  ): Promise<void> {
    const { trial } = request
    set(trial, { state: 'hearing' }, signal)
    try {
      const against = reference.value?.text ?? null
      const transcription = await host.call('transcribe.run', { ...request, against }, { signal })
      set(trial, { state: 'done', transcription }, signal)
    } catch (thrown) {
      if (signal.aborted || (thrown instanceof WorkbenchError && thrown.code === 'cancelled')) throw thrown
      set(trial, { state: 'failed', failure: failureMessage(thrown) }, signal)
    }
  }

  function set(trialId: string, change: Omit<HearingTier, 'trialId'>, signal: AbortSignal): void {
    if (signal.aborted) return
    tiers.value = tiers.value.map((tier) => (tier.trialId === trialId ? { trialId, ...change } : tier))
  }

  function cancel(): void {
    stop?.abort()
  }

  return { file, tiers, reference, sent, failure, isRunning, hear, cancel }
})

function isUnderWay({ state }: HearingTier): boolean {
  return state === 'waiting' || state === 'hearing'
}

/** `btoa` takes characters, and a call takes only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  let characters = ''
  for (let begin = 0; begin < bytes.length; begin += 8192) {
    characters += String.fromCharCode(...bytes.subarray(begin, begin + 8192))
  }
  return btoa(characters)
}
