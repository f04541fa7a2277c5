import { describe, expect, it } from 'vitest'
import type { CtcVocabulary } from '../text/ctc-vocabulary'
import { ctcGreedy, tokensToText } from './ctc-greedy'

/** Logits [path.length, 4] whose best class per frame is `path`. */
function along(path: readonly number[]) {
  const logits = new Float32Array(path.length * 4).fill(-1)
  path.forEach((id, frame) => (logits[frame * 4 + id] = 2))
  return { logits, frames: path.length, classes: 4 }
}

const vocabulary: CtcVocabulary = {
  tokens: ['<pad>', '|', 'a', 'b', '<unk>'],
  blankId: 0,
  wordDelimiter: '|',
  wordMarker: undefined,
  lowerCase: false,
  specialIds: new Set([0, 4])
}

describe('ctcGreedy', () => {
  it.each([
    ['merges repeats', [2, 2, 3, 3, 3], [2, 3]],
    ['keeps repeats that a blank divides', [2, 0, 2, 2, 0], [2, 2]],
    ['drops blanks at both ends', [0, 0, 3, 0], [3]],
    ['gives nothing for blanks alone', [0, 0], []],
    ['gives nothing for no frames', [], []]
  ])('%s', (_, path, expected) => {
    expect(ctcGreedy(along(path), 0)).toEqual(expected)
  })

  it('honours a blank that is not class 0', () => {
    expect(ctcGreedy(along([3, 0, 0, 3, 0]), 3)).toEqual([0, 0])
  })

  it('gives a tie to the lowest class', () => {
    expect(ctcGreedy({ logits: Float32Array.of(-5, 1, 1, 0), frames: 1, classes: 4 }, 0)).toEqual([1])
  })

  it.each([NaN, Infinity, -Infinity])('refuses %s, naming the frame', (value) => {
    const output = along([1, 2, 3])
    output.logits[2 * 4 + 1] = value
    expect(() => ctcGreedy(output, 0)).toThrow(
      expect.objectContaining({
        code: 'numerical',
        message: `The logits of frame 2 hold ${value} for class 1, expected finite numbers.`
      }) as Error
    )
  })

  it('refuses an array of another shape', () => {
    expect(() => ctcGreedy({ ...along([1]), frames: 2 }, 0)).toThrow('Logits [2, 4] need 8 values, got 4.')
  })
})

describe('tokensToText', () => {
  it('turns delimiters into single spaces, none at the ends', () => {
    expect(tokensToText([1, 2, 3, 1, 1, 2, 1], vocabulary)).toBe('ab a')
  })

  it('skips special tokens', () => {
    expect(tokensToText([2, 4, 0, 3], vocabulary)).toBe('ab')
  })

  it('writes lower case when the vocabulary says so', () => {
    const capitals = { ...vocabulary, tokens: ['<pad>', '|', 'A', 'B', '<unk>'], lowerCase: true }
    expect(tokensToText([2, 3], capitals)).toBe('ab')
  })

  it('begins a word where a token carries the marker', () => {
    const tokens = ['▁the', '▁', 's', 'at', '▁s', '<unk>', '<blk>']
    const pieces = {
      ...vocabulary,
      tokens,
      wordDelimiter: undefined,
      wordMarker: '▁',
      specialIds: new Set([5, 6])
    }
    expect(tokensToText([0, 4, 3, 1, 2, 5, 3], pieces)).toBe('the sat sat')
  })

  it('joins byte tokens to characters', () => {
    const tokens = ['<0xC3>', '<0xA9>', 't', '▁']
    const bytes = {
      ...vocabulary,
      tokens,
      wordDelimiter: undefined,
      wordMarker: '▁',
      specialIds: new Set<number>()
    }
    expect(tokensToText([0, 1, 2, 3, 0, 1], bytes)).toBe('ét é')
    // A lonely half of a character is shown as what Unicode has for that.
    expect(tokensToText([2, 0], bytes)).toBe('t\uFFFD')
  })

  it('refuses a class outside the vocabulary', () => {
    expect(() => tokensToText([5], vocabulary)).toThrow('Class 5 is outside a vocabulary of 5 tokens.')
  })
})
