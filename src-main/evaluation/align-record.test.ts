import { describe, expect, it } from 'vitest'
import { alignRecord } from './align-record'

describe('alignRecord', () => {
  const record = { reference: 'Go  LEFT, now', hypothesis: 'go left' }

  it('aligns words after the normalizer that the conditions name, with or without its version', () => {
    const words = [
      { operation: 'match', reference: 'go', hypothesis: 'go' },
      { operation: 'match', reference: 'left', hypothesis: 'left' },
      { operation: 'deletion', reference: 'now' }
    ]
    expect(alignRecord(record, 'basic')).toEqual(words)
    expect(alignRecord(record, 'basic 1')).toEqual(words)
  })

  it('compares them as they are without one', () => {
    const operations = alignRecord(record, 'none 1').map(({ operation }) => operation)
    expect(operations.filter((operation) => operation === 'match')).toEqual([])
  })

  it('refuses a normalizer that it does not know', () => {
    expect(() => alignRecord(record, 'other 2')).toThrow(/no text normalizer 'other'/)
  })
})
