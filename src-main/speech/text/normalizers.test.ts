import { describe, expect, it } from 'vitest'
import { findNormalizer, normalizerNames } from './normalizers'

describe('normalizers', () => {
  it('are these, in this order', () => {
    expect(normalizerNames).toEqual(['none', 'basic', 'whisper-english'])
  })

  it('none collapses white space and changes nothing else', () => {
    expect(findNormalizer('none').normalize('  It\u2019s\tTWO \n o\u2019clock. ')).toBe(
      'It\u2019s TWO o\u2019clock.'
    )
  })

  it('basic and whisper-english differ where Whisper’s do', () => {
    const text = "Mr. Gray's grey café (closed) has 1,250 seats."
    expect(findNormalizer('basic').normalize(text)).toBe('mr gray s grey café has 1 250 seats ')
    expect(findNormalizer('whisper-english').normalize(text)).toBe('mister gray is gray cafe has 1250 seats')
  })

  it.each(normalizerNames)('%s leaves its own output of plain words alone and has a version', (name) => {
    const normalizer = findNormalizer(name)
    const once = normalizer.normalize(' Well,  hello\n there: the COLOUR of twenty-one doctors isn’t Grey! ')
    expect(normalizer.normalize(once)).toBe(once)
    expect(normalizer.version).toBeGreaterThanOrEqual(1)
  })

  it.each(normalizerNames)('%s makes nothing of nothing', (name) => {
    expect(findNormalizer(name).normalize('')).toBe('')
  })

  it('refuses an unknown name, listing the known ones', () => {
    expect(() => findNormalizer('toString')).toThrow(
      "There is no text normalizer 'toString', expected one of: none, basic, whisper-english."
    )
  })
})
