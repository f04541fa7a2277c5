import { describe, expect, it } from 'vitest'
import { parseCtcVocabulary, type CtcVocabularySource } from './ctc-vocabulary'

function parse(vocabulary: unknown, options: Partial<CtcVocabularySource> = {}) {
  const vocabularyText = typeof vocabulary === 'string' ? vocabulary : JSON.stringify(vocabulary)
  return parseCtcVocabulary({ vocabularyText, classes: 4, modelName: 'm', ...options })
}

const letters = { a: 2, '|': 1, '<pad>': 0, b: 3 }

describe('parseCtcVocabulary', () => {
  it('orders tokens by class whatever the order in the file', () => {
    const vocabulary = parse(letters)
    expect(vocabulary.tokens).toEqual(['<pad>', '|', 'a', 'b'])
    expect(vocabulary).toMatchObject({ blankId: 0, wordDelimiter: '|' })
  })

  it('prefers the configured blank and counts it as special', () => {
    const vocabulary = parse(letters, { blankId: 3, wordDelimiter: '_' })
    expect(vocabulary).toMatchObject({ blankId: 3, wordDelimiter: '_' })
    expect([...vocabulary.specialIds].sort()).toEqual([0, 3])
  })

  it('takes missing classes from added_tokens.json, which may repeat known ones', () => {
    const addedTokensText = JSON.stringify({ '<s>': 4, '</s>': 5, '<pad>': 0 })
    const vocabulary = parse(letters, { classes: 6, addedTokensText })
    expect(vocabulary.tokens).toEqual(['<pad>', '|', 'a', 'b', '<s>', '</s>'])
    expect([...vocabulary.specialIds].sort()).toEqual([0, 4, 5])
  })

  it('leaves out added tokens that the model has no class for', () => {
    const addedTokensText = JSON.stringify({ '<s>': 4, '</s>': 5 })
    expect(parse(letters, { addedTokensText }).tokens).toEqual(['<pad>', '|', 'a', 'b'])
  })

  it('knows [PAD] and [UNK], and what the tokenizer calls special', () => {
    const names = { '[PAD]': 0, '[UNK]': 1, '<noise>': 2, a: 3 }
    const vocabulary = parse(names, { specialTokens: ['<noise>'] })
    expect(vocabulary.blankId).toBe(0)
    expect([...vocabulary.specialIds].sort()).toEqual([0, 1, 2])
    expect(parse({ ...names, '[PAD]': 3, a: 0 }, { padToken: '<noise>' }).blankId).toBe(2)
  })

  it('keeps tokens with the names of object properties', () => {
    const text = '{"__proto__": 0, "constructor": 1, "<pad>": 2, "|": 3}'
    expect(parse(text).tokens).toEqual(['__proto__', 'constructor', '<pad>', '|'])
  })

  it.each([
    ['text that is not JSON', '{', /^vocab\.json of 'm' is not JSON, expected an object: .*\.$/],
    ['a list', ['a'], 'vocab.json of \'m\' holds ["a"], expected a JSON object.'],
    ['an id twice', { a: 0, b: 0 }, "vocab.json of 'm' gives class 0 to 'b', but 'a' has it already."],
    [
      'an id beyond the logits',
      { a: 4 },
      "vocab.json of 'm' has 'a' = 4, expected a class of the logits, 0 to 3."
    ],
    ['a negative id', { a: -1 }, /'a' = -1, expected a class/],
    ['an id in quotes', { a: '0' }, /'a' = "0", expected a class/],
    ['a null id', { a: null }, /'a' = null, expected a class/],
    [
      'a hole',
      { a: 0, b: 1, c: 3 },
      "vocab.json of 'm' names 3 of 4 classes of the logits; class 2 has no token."
    ],
    ['no blank', { a: 0, b: 1, c: 2, d: 3 }, /does not say which of its 4 classes is the CTC blank/]
  ])('refuses %s', (_, vocabulary, message) => {
    expect(() => parse(vocabulary)).toThrow(message)
    expect(() => parse(vocabulary)).toThrow(expect.objectContaining({ code: 'unsupported-model' }) as Error)
  })

  it('refuses a configured blank beyond the logits', () => {
    expect(() => parse(letters, { blankId: 4 })).toThrow(/is the CTC blank: .*, got 4\.$/)
  })
})
