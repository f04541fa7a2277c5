import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { uploadPartBytes, type TierTranscription } from '@contract/transcription'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { useOwnRecordingStore } from './own-recording'

let host: StoreHost
let handlers: StoreHandlers
/** What has arrived at the host. */
let received: Uint8Array[]

beforeEach(() => {
  received = []
  handlers = {
    'transcribe.begin': ({ sizeBytes }) => ({ uploadId: 'upload', sizeBytes, receivedBytes: 0 }),
    'transcribe.append': ({ uploadId, offset, base64 }) => {
      const part = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      received.push(part)
      return { uploadId, sizeBytes: 0, receivedBytes: offset + part.byteLength }
    },
    'transcribe.run': ({ trial, against }) => ({
      ...heard(trial),
      words: typeof against === 'string' ? [] : null
    }),
    'transcribe.discard': ({ uploadId }) => ({ uploadId })
  }
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

function heard(trialId: string): TierTranscription {
  return {
    trialId,
    text: `heard by ${trialId}`,
    topLabels: [],
    milliseconds: 1,
    loadMilliseconds: 1,
    audioSeconds: 1,
    sampleRateHz: 16_000,
    resampledFromHz: null,
    sizeBytes: 1,
    words: null
  }
}

const names = () => host.asked.map(({ name }) => name.replace('transcribe.', ''))
const small = new File([new Uint8Array(10)], 'small.wav')

describe('a recording', () => {
  it('arrives in parts as it is', async () => {
    const bytes = Uint8Array.from({ length: uploadPartBytes + 3 }, (_, i) => i % 251)
    await useOwnRecordingStore().hear(new File([bytes], 'long.wav'), 'study', ['a'])
    expect(received.map(({ byteLength }) => byteLength)).toEqual([uploadPartBytes, 3])
    const sent = received.flatMap((part) => [...part])
    expect(sent.findIndex((byte, i) => byte !== bytes[i])).toBe(-1)
  })

  it('is heard by one tier after the other, held against the first, and discarded', async () => {
    const store = useOwnRecordingStore()
    await store.hear(small, 'study', ['a', 'b', 'c'])
    expect(names()).toEqual(['begin', 'append', 'run', 'run', 'run', 'discard'])
    expect(
      host.asked.flatMap(({ name, params }) => (name === 'transcribe.run' ? [params] : []))
    ).toMatchObject([
      { trial: 'a', against: null },
      { trial: 'b', against: 'heard by a' },
      { trial: 'c', against: 'heard by a' }
    ])
    expect(store.tiers.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect(store.isRunning).toBe(false)
  })

  it('goes on to the next tier when one cannot hear it', async () => {
    const run = handlers['transcribe.run']!
    handlers['transcribe.run'] = (params) => {
      if (params.trial === 'a') throw new WorkbenchError('invalid-input', 'Too long.')
      return run(params)
    }
    const store = useOwnRecordingStore()
    await store.hear(small, 'study', ['a', 'b'])
    expect(store.tiers).toMatchObject([{ state: 'failed', failure: 'Too long.' }, { state: 'done' }])
    expect(store.reference?.trialId).toBe('b')
    expect(names().at(-1)).toBe('discard')
  })

  it('is stopped and discarded when the user wants it', async () => {
    handlers['transcribe.run'] = () => new Promise(() => undefined)
    const store = useOwnRecordingStore()
    const hearing = store.hear(small, 'study', ['a', 'b'])
    await vi.waitUntil(() => names().includes('run'))
    expect(store.tiers.map(({ state }) => state)).toEqual(['hearing', 'waiting'])
    store.cancel()
    await hearing
    expect(store.tiers.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
    expect(store.failure).toBeUndefined()
    expect(names().at(-1)).toBe('discard')
  })

  it('takes the place of one that is still being heard', async () => {
    let isFirst = true
    const run = handlers['transcribe.run']!
    handlers['transcribe.run'] = (params) => {
      if (!isFirst) return run(params)
      isFirst = false
      return new Promise(() => undefined)
    }
    const store = useOwnRecordingStore()
    const first = store.hear(small, 'study', ['a'])
    await vi.waitUntil(() => names().includes('run'))
    await store.hear(new File([new Uint8Array(4)], 'other.wav'), 'study', ['b'])
    await first
    expect(store.tiers).toMatchObject([{ trialId: 'b', state: 'done' }])
    expect(store.file?.name).toBe('other.wav')
    expect(store.isRunning).toBe(false)
  })

  it('says why it did not arrive', async () => {
    handlers['transcribe.append'] = () => {
      throw new WorkbenchError('invalid-input', 'A part is missing.')
    }
    const store = useOwnRecordingStore()
    await store.hear(small, 'study', ['a'])
    expect(store.failure).toBe('A part is missing.')
    expect(store.tiers[0]?.state).toBe('stopped')
    expect(names()).toEqual(['begin', 'append', 'discard'])
  })
})
