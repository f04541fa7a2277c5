import { describe, expect, it } from 'vitest'
import { findNormalizer, normalizerNames } from './normalizers'

describe('normalizers', () => {
  it('none collapses white space and changes nothing else', () => {
    expect(findNormalizer('none').normalize('  It\u2019s\tTWO \n o\u2019clock. ')).toBe(
      'It\u2019s TWO o\u2019clock.'
    )
  })

  it.each(normalizerNames)('%s is idempotent and has a version', (name) => {
    const normalizer = findNormalizer(name)
    const once = normalizer.normalize(' Well,  hello\n there ')
    expect(normalizer.normalize(once)).toBe(once)
    expect(normalizer.version).toBeGreaterThanOrEqual(1)
  })

  it('refuses an unknown name, listing the known ones', () => {
    expect(() => findNormalizer('toString')).toThrow(
      "There is no text normalizer 'toString', expected one of: none."
    )
  })
})
