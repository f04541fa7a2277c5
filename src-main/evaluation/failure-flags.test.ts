import { describe, expect, it } from 'vitest'
import { failureFlags, type FailureFlag } from './failure-flags'
import { splitWords } from './word-errors'

const words = (count: number): string => Array.from({ length: count }, (_, i) => `w${i}`).join(' ')
const times = (text: string, count: number): string => Array<string>(count).fill(text).join(' ')

describe('failureFlags', () => {
  it.each<[string, string, string, FailureFlag[]]>([
    ['a perfect hypothesis', 'one two three', 'one two three', []],
    ['a wrong one of the right length', 'one two three', 'four five six', []],
    ['silence for silence', '', '', []],

    ['no words for some', 'one', '', ['empty']],
    ['no words for many: not truncated as well', words(30), '', ['empty']],

    ['less than a third of 6 words', words(6), 'w0', ['truncated']],
    ['exactly a third', words(6), 'w0 w1', []],
    ['less than a third of 5 words: too short to tell', words(5), 'w0', []],
    ['just under a third of 7 words', words(7), 'w0 w1', ['truncated']],

    ['twice the words and three more', words(4), words(11), []],
    ['twice the words and four more', words(4), words(12), ['runaway']],
    ['three words for none', '', words(3), []],
    ['four words for none', '', words(4), ['runaway']],

    ['a word three times', words(4), 'x x x w1', []],
    ['a word four times', words(4), 'x x x x', ['repeated']],
    ['a word four times, apart', words(7), 'x y x y x z x', []],
    ['two words four times', words(8), times('x y', 4), ['repeated']],
    ['two words three and a half times', words(8), times('x y', 3) + ' x', []],
    ['four words four times', words(16), times('a b c d', 4), ['repeated']],
    ['five words four times: beyond the longest loop', words(20), times('a b c d e', 4), []],
    ['a loop at the end', words(8), 'w0 w1 w2 ' + times('x', 4), ['repeated']],
    ['a loop that the reference has', times('no', 4), times('no', 4), []],
    ['a longer run of the reference’s loop', times('no', 4), times('no', 8), []],
    ['the reference’s loop from its other word', times('go no', 4), times('no go', 4), []],
    ['a loop where the reference has too few', times('no', 3) + ' go', times('no', 4), ['repeated']],
    ['a loop of other words than the reference’s', times('no', 4), times('go', 4), ['repeated']],

    ['a loop without end', words(5), times('x y', 20), ['runaway', 'repeated']]
  ])('for %s', (_, reference, hypothesis, flags) => {
    expect(failureFlags(splitWords(reference), splitWords(hypothesis))).toEqual(flags)
  })
})
