import { describe, expect, it } from 'vitest'
import { csvText } from './csv-text'

describe('a table as CSV', () => {
  it('has one line per row, numbers as they are and nothing where nothing is', () => {
    expect(csvText(['a', 'b'], [[1.5, undefined]])).toBe('a,b\r\n1.5,\r\n')
  })

  it('quotes what would break a line', () => {
    expect(csvText(['a'], [['x, "y"\n']])).toBe('a\r\n"x, ""y""\n"\r\n')
  })

  it('holds no formula', () => {
    expect(csvText(['a'], [['=1+1'], [-3]])).toBe("a\r\n'=1+1\r\n-3\r\n")
  })
})
