import { describe, expect, it } from 'vitest'
import { absoluteHostPath } from './host-path'
import { readList, writeList } from './list-text'

describe('lists as text', () => {
  it('reads fractions and percentages, exactly', () => {
    expect(readList('fractions', ' 0.9, 7%;50 % 1')).toEqual([0.9, 0.07, 50, Number.NaN, 1])
    expect(readList('fractions', '')).toEqual([])
  })

  it('reads one pattern per line', () => {
    expect(readList('patterns', '/a/*\n\n  /b ')).toEqual(['/a/*', '/b'])
  })

  it('writes what it reads', () => {
    expect(readList('fractions', writeList('fractions', [0.9, 0.5]))).toEqual([0.9, 0.5])
    expect(readList('patterns', writeList('patterns', ['a', 'b']))).toEqual(['a', 'b'])
  })
})

describe('absoluteHostPath', () => {
  it.each([
    ['/recipes', 'model', '/recipes/model'],
    ['/a/b/c', '../../x/./y', '/a/x/y'],
    ['/a', '/model', '/model'],
    ['C:\\work', '..\\model', 'C:\\model'],
    ['C:\\work', 'D:/model', 'D:/model'],
    ['/', 'model', '/model']
  ])('%s and %s give %s', (folder, path, whole) => {
    expect(absoluteHostPath(folder, path)).toBe(whole)
  })
})
