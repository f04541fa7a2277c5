import { describe, expect, it } from 'vitest'
import { tokensToText } from '../decode/ctc-greedy'
import { createCtcLabels } from './ctc-labels'
import type { CtcVocabulary } from './ctc-vocabulary'

const letters: CtcVocabulary = {
  tokens: ['<pad>', '|', 'A', 'B', 'C'],
  blankId: 0,
  wordDelimiter: '|',
  wordMarker: undefined,
  lowerCase: false,
  specialIds: new Set([0])
}

const pieces: CtcVocabulary = {
  tokens: ['<blk>', '<unk>', '▁', 'a', 'b', 'ab', '▁ab', '▁c'],
  blankId: 0,
  wordDelimiter: undefined,
  wordMarker: '▁',
  lowerCase: false,
  specialIds: new Set([0, 1])
}

describe('CTC labels', () => {
  it.each([
    ['letters and a delimiter', letters, 'AB  C', [2, 3, 1, 4], 'AB C'],
    ['letters of the other case', letters, 'ab c', [2, 3, 1, 4], 'AB C'],
    ['the longest pieces of words', pieces, 'abab c b', [6, 5, 7, 2, 4], 'abab c b']
  ])('spell a text in %s, and decode to it', (_, vocabulary, text, labels, decoded) => {
    expect(createCtcLabels(vocabulary)(text)).toEqual(labels)
    expect(tokensToText(labels, vocabulary)).toBe(decoded)
  })

  it('are none for silence', () => {
    expect(createCtcLabels(letters)('  ')).toEqual([])
  })

  it('refuse a character that the model cannot say, by name, and special tokens', () => {
    expect(() => createCtcLabels(letters)('AB?')).toThrowError(/'\?' in 'AB\?'/)
    expect(() => createCtcLabels(letters)('<pad>')).toThrowError(/'<'/)
  })
})
