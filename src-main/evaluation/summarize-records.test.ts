import type { UtteranceRecord } from '@contract/trial'
import { describe, expect, it } from 'vitest'
import { recordErrorCount } from './error-count'
import { countFailures, countSpeakers, summarizeQuality } from './summarize-records'

function record(changes: Partial<UtteranceRecord>): UtteranceRecord {
  return {
    utteranceId: 'u',
    reference: '',
    hypothesis: '',
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: [],
    ...changes
  }
}

const options = { seed: 1, bootstrapUnit: 'utterance' } as const
const text = (speaker?: string) =>
  record({
    wordErrors: { substitutions: 1, deletions: 0, insertions: 1, referenceWords: 10 },
    characterErrors: { substitutions: 1, deletions: 2, insertions: 0, referenceCharacters: 60 },
    ...(speaker === undefined ? {} : { speaker })
  })
const label = (labelRank: number | null) => record({ labelRank })

describe('the quality of texts', () => {
  it('is word and character errors, summed, with intervals', () => {
    expect(summarizeQuality([text(), text()], options)).toEqual({
      wordErrorRate: 0.2,
      wordErrors: { substitutions: 2, deletions: 0, insertions: 2, referenceWords: 20 },
      wordErrorRateInterval: { lower: 0.2, upper: 0.2 },
      characterErrorRate: 0.05,
      characterErrors: { substitutions: 2, deletions: 4, insertions: 0, referenceCharacters: 120 },
      characterErrorRateInterval: { lower: 0.05, upper: 0.05 }
    })
  })

  it('has an interval over speakers when they are drawn', () => {
    const clear = record({
      ...text('a'),
      wordErrors: { substitutions: 0, deletions: 0, insertions: 0, referenceWords: 10 }
    })
    const { wordErrorRateInterval } = summarizeQuality([clear, clear, text('b'), text('b')], {
      seed: 1,
      bootstrapUnit: 'speaker'
    })
    // Two speakers: a quarter of the draws takes the first twice, a quarter the second twice.
    expect(wordErrorRateInterval).toEqual({ lower: 0, upper: 0.2 })
  })

  it('is refused over speakers that the data set does not name', () => {
    expect(() => summarizeQuality([text('a'), text()], { seed: 1, bootstrapUnit: 'speaker' })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message:
          "A bootstrap over speakers needs a speaker for every recording, but the data set names none for 1 of 2, such as 'u'; name them, or draw utterances."
      })
    )
  })
})

describe('the quality of labels', () => {
  const labels = [label(1), label(1), label(2), label(5), label(null)]

  it('is the share that is right, at the first place and among the best', () => {
    expect(summarizeQuality(labels, { ...options, labels: 12 })).toMatchObject({
      accuracy: 0.4,
      correct: 2,
      topAccuracies: { '1': 0.4, '3': 0.6, '5': 0.8 }
    })
  })

  it('lists no best of as many labels as there are', () => {
    const { topAccuracies } = summarizeQuality([label(1), label(2)], { ...options, labels: 3 })
    expect(topAccuracies).toEqual({ '1': 0.5 })
  })

  it('has the interval of the accuracy around it', () => {
    const { accuracyInterval } = summarizeQuality(labels, options)
    expect(accuracyInterval!.lower).toBeLessThan(0.4)
    expect(accuracyInterval!.upper).toBeGreaterThan(0.4)
    expect(summarizeQuality([label(1)], options).accuracyInterval).toEqual({ lower: 1, upper: 1 })
  })
})

describe('counting', () => {
  it('counts failures by flag and speakers once', () => {
    const records = [
      record({ speaker: 'a', failures: ['empty'] }),
      record({ speaker: 'a', failures: ['empty', 'repeated'] }),
      record({})
    ]
    expect(countFailures(records)).toEqual({ empty: 2, repeated: 1 })
    expect(countSpeakers(records)).toBe(1)
  })

  it('refuses a record without a score', () => {
    expect(() => recordErrorCount(record({}))).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
