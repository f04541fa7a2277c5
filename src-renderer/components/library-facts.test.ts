import { describe, expect, it } from 'vitest'
import type { DatasetFacts, ModelFacts } from '@contract/library'
import { library as words } from '../text/en/library'
import { factRows, factWarnings } from './library-facts'

const model: ModelFacts = {
  kind: 'model',
  modelHash: 'a'.repeat(64),
  sizeBytes: 32.9e6,
  parameterCount: 8.22e6,
  linearLayers: 27,
  family: 'ctc-encoder',
  familyRefusal: null,
  sampleRateHz: 16000,
  license: 'mit',
  languages: ['en', 'ja']
}
const dataset: DatasetFacts = {
  kind: 'dataset',
  layout: 'librispeech',
  utterances: 2620,
  speakers: 40,
  classes: null,
  languages: [],
  incomplete: null,
  audioSeconds: 19452,
  isAudioEstimated: true,
  sampleRatesHz: [8000, 16000],
  audioProblem: null
}
const rows = (facts: ModelFacts | DatasetFacts) =>
  Object.fromEntries(factRows(facts, words).map(({ term, value }) => [term, value]))

describe('the facts of a card', () => {
  it('of a model', () => {
    expect(rows(model)).toEqual({
      Family: 'CTC encoder',
      Parameters: '8.22 M',
      Size: '32.9 MB',
      'Linear layers': '27',
      'Sample rate': '16 kHz',
      Licence: 'mit',
      Languages: 'en, ja'
    })
  })

  it('of a model that Lathe has trained, with what it got wrong of the development set', () => {
    const trained = (developmentErrorRate: number | null) =>
      rows({ ...model, training: { step: 2800, developmentErrorRate } })['Trained by Lathe']
    expect(trained(30 / 538)).toBe('step 2,800, 5.58 % development WER')
    expect(trained(null)).toBe('step 2,800')
  })

  it('of a data set, an estimate marked as one', () => {
    expect(rows(dataset)).toEqual({
      Layout: 'librispeech',
      Utterances: '2,620',
      Speakers: '40',
      Length: 'about 5.4 h',
      'Sample rate': '8, 16 kHz'
    })
    expect(factRows(dataset, words).find(({ term }) => term === 'Length')?.hint).toBe(words.estimatedHint)
  })

  it('leave out what is not known', () => {
    const silent = { ...model, sampleRateHz: null, license: null, languages: [], family: null }
    expect(Object.keys(rows(silent))).toEqual(['Family', 'Parameters', 'Size', 'Linear layers'])
    const bare = { ...dataset, speakers: 0, audioSeconds: null, sampleRatesHz: [], classes: 11 }
    expect(rows(bare)).toEqual({ Layout: 'librispeech', Utterances: '2,620', Classes: '11' })
  })

  it('warn of what stands in the way', () => {
    expect(factWarnings(model, words)).toEqual([])
    expect(factWarnings(dataset, words)).toEqual([])
    expect(factWarnings({ ...model, family: null, familyRefusal: 'It is odd.' }, words)).toEqual([
      'It is odd.',
      words.unknownFamilyHint
    ])
    const broken = {
      ...dataset,
      incomplete: { entries: 2, first: 'a: no audio' },
      audioProblem: 'It is cut.'
    }
    expect(factWarnings(broken, words)).toEqual([
      words.incomplete(2, 'a: no audio'),
      'A recording could not be decoded: It is cut.'
    ])
  })
})
