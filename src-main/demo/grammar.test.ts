import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { randomSentence, vocabulary } from './grammar'

const sentences = (count: number, seed = 1) => {
  const prng = createPrng(seed)
  return Array.from({ length: count }, () => randomSentence(prng))
}

describe('vocabulary', () => {
  it('has about a hundred plain words, each once', () => {
    expect(vocabulary.length).toBeGreaterThanOrEqual(100)
    expect(vocabulary.length).toBeLessThanOrEqual(130)
    expect(new Set(vocabulary).size).toBe(vocabulary.length)
    expect(vocabulary.filter((word) => !/^[a-z]+$/.test(word))).toEqual([])
  })

  it.each([
    ['five', 'nine'],
    ['left', 'lift'],
    ['red', 'bed'],
    ['fifteen', 'fifty'],
    ['boat', 'coat'],
    ['cup', 'cap'],
    ['ball', 'wall'],
    ['take', 'make'],
    ['fan', 'van']
  ])('has %s and %s to confuse', (one, other) => {
    expect(vocabulary).toContain(one)
    expect(vocabulary).toContain(other)
  })
})

describe('randomSentence', () => {
  it('says 2 to 6 words of the vocabulary', () => {
    for (const sentence of sentences(3000)) {
      const words = sentence.split(' ')
      expect(words.length, sentence).toBeGreaterThanOrEqual(2)
      expect(words.length, sentence).toBeLessThanOrEqual(6)
      expect(words.filter((word) => !vocabulary.includes(word))).toEqual([])
    }
  })

  it('says every word of the vocabulary sooner or later, none of them rarely', () => {
    const counts = new Map<string, number>()
    for (const word of sentences(6000).flatMap((sentence) => sentence.split(' '))) {
      counts.set(word, (counts.get(word) ?? 0) + 1)
    }
    // A word that a training set of this size hardly holds would measure luck, not hearing.
    expect(vocabulary.filter((word) => (counts.get(word) ?? 0) < 30)).toEqual([])
  })

  it('depends on the seed alone', () => {
    expect(sentences(50, 3)).toEqual(sentences(50, 3))
    expect(sentences(50, 3)).not.toEqual(sentences(50, 4))
  })
})
