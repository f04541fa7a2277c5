import { describe, expect, it } from 'vitest'
import { stepInList } from './step-in-list'

describe('stepInList', () => {
  it.each([
    ['ArrowDown', -1, 0],
    ['ArrowUp', -1, 0],
    ['ArrowDown', 3, 4],
    ['ArrowDown', 19, 19],
    ['PageDown', 3, 13],
    ['PageUp', 3, 0],
    ['Home', 7, 0],
    ['End', 7, 19]
  ])('%s leads from %d to %d', (key, from, to) => {
    expect(stepInList(key, from, 20)).toBe(to)
  })

  it('leads nowhere for other keys and in an empty list', () => {
    expect(stepInList('a', 3, 20)).toBeUndefined()
    expect(stepInList('ArrowDown', -1, 0)).toBeUndefined()
  })
})
