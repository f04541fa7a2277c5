import { describe, expect, it } from 'vitest'
import { parseTokensFile, type TokensFileSource } from './tokens-file'

function parse(text: string, options: Partial<TokensFileSource> = {}) {
  return parseTokensFile({ text, where: "tokens.txt of 'm'", classes: undefined, ...options })
}

describe('parseTokensFile', () => {
  it('reads NeMo tokens, whose blank is the last class', () => {
    expect(parse('<unk> 0\n▁the 1\ns 2\n<blk> 3\n', { classes: 4 })).toEqual({
      tokens: ['<unk>', '▁the', 's', '<blk>'],
      blankId: 3,
      wordDelimiter: undefined,
      wordMarker: '▁',
      lowerCase: false,
      specialIds: new Set([0, 3])
    })
  })

  it('reads icefall and WeNet tokens, whose blank is the first class', () => {
    expect(parse('<blk> 0\n<sos/eos> 1\n<unk> 2\n▁a 3\n')).toMatchObject({
      blankId: 0,
      specialIds: new Set([0, 1, 2])
    })
    expect(parse('<blank>\t0\r\n一\t1\r\n')).toMatchObject({ tokens: ['<blank>', '一'], blankId: 0 })
  })

  it('knows a space, written as itself or by its name', () => {
    expect(parse('  0\na 1\n<blk> 2').tokens).toEqual([' ', 'a', '<blk>'])
    expect(parse('<space> 0\na 1\n<blk> 2')).toMatchObject({ wordDelimiter: '<space>' })
  })

  it('takes lines in any order and tokens with a space or digits inside', () => {
    expect(parse('a b 1\n<blk> 0\n7 2\n').tokens).toEqual(['<blk>', 'a b', '7'])
  })

  it('prefers the blank that it is told', () => {
    expect(parse('_ 0\na 1\n', { blankId: 0 })).toMatchObject({ blankId: 0, specialIds: new Set([0]) })
  })

  it.each([
    [
      'a line without a number',
      '<blk> 0\nabc\n',
      {},
      "Line 2 of tokens.txt of 'm' is 'abc', expected a symbol, a space and the number of its class."
    ],
    ['a number alone', '5\n', {}, "Line 1 of tokens.txt of 'm' is '5', expected a symbol"],
    [
      'a class twice',
      '<blk> 0\na 0\n',
      {},
      "tokens.txt of 'm' gives class 0 to 'a', but '<blk>' has it already."
    ],
    [
      'a hole',
      '<blk> 0\na 2\n',
      {},
      "tokens.txt of 'm' has 2 symbols and none for class 1, expected one for each of 2 classes of the logits."
    ],
    [
      'fewer symbols than classes',
      '<blk> 0\n',
      { classes: 2 },
      "tokens.txt of 'm' has 1 symbols and none for class 1, expected one for each of 2 classes"
    ],
    [
      'more symbols than classes',
      '<blk> 0\na 1\nb 2\n',
      { classes: 2 },
      "tokens.txt of 'm' has 3 symbols, expected one for each of 2 classes of the logits."
    ],
    [
      'no blank',
      'a 0\n',
      {},
      "tokens.txt of 'm' does not say which of its 1 classes is the CTC blank: expected one of <blk>, <eps>, <blank>."
    ],
    ['a blank beyond the classes', 'a 0\n', { blankId: 1 }, /is the CTC blank: .*, got 1\.$/]
  ])('refuses %s', (_, text, options, message) => {
    expect(() => parse(text, options)).toThrow(message)
    expect(() => parse(text, options)).toThrow(
      expect.objectContaining({ code: 'unsupported-model' }) as Error
    )
  })
})
