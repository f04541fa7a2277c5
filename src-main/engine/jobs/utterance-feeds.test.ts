import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { SpeechRecognizer } from '../../speech/families/family'
import type { Dataset } from './dataset'
import { utteranceFeeds } from './utterance-feeds'

const description = {
  inputName: 'audio',
  companionInputs: [{ name: 'mask', kind: 'mask', dataType: 'int64' }],
  frontEnd: { kind: 'raw-waveform', normalize: false }
} as unknown as SpeechRecognizer['description']

const dataset: Dataset = {
  name: 'dev',
  utterances: [
    { id: 'a', audioPath: 'a.wav', text: '' },
    { id: 'b', audioPath: 'b.wav', text: '' }
  ],
  excluded: [],
  audioBytes: () => Promise.resolve(new Uint8Array()),
  audio: ({ id }, sampleRateHz = 8000) =>
    id === 'b'
      ? Promise.reject(new WorkbenchError('invalid-input', 'The file is cut off.'))
      : Promise.resolve({
          samples: Float32Array.of(1, 2, 3),
          sampleRateHz,
          channelCount: 1,
          durationSeconds: 0
        })
}

describe('utteranceFeeds', () => {
  it('gives every input of the graph, and computes the main one once', async () => {
    const rates: number[] = []
    const recognizer: Pick<SpeechRecognizer, 'description' | 'computeInput'> = {
      description,
      computeInput({ samples, sampleRateHz }) {
        rates.push(sampleRateHz)
        return Promise.resolve({ dataType: 'float32', dims: [1, samples.length], data: samples })
      }
    }
    const utterances = utteranceFeeds({ recognizer, dataset, resampleToHz: 16_000 })
    expect([utterances.name, utterances.count]).toEqual(['dev', 2])
    const first = await utterances.feeds(0)
    expect(first).toEqual({
      audio: { dataType: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) },
      mask: { dataType: 'int64', dims: [1, 3], data: BigInt64Array.of(1n, 1n, 1n) }
    })
    expect(await utterances.feeds(0)).toEqual(first)
    expect(rates).toEqual([16_000])
    await expect(utterances.feeds(1)).rejects.toMatchObject({
      message: "Utterance 'b': The file is cut off."
    })
  })
})
