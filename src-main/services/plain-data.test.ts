import { describe, expect, it } from 'vitest'
import { assertPlainData } from './plain-data'

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

describe('assertPlainData', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text that only reads so', '__proto__'],
    ['ordinary members', { a: [{ b: 1 }], proto: 2, isConstructor: true }],
    ['32 levels', nested(32)]
  ])('takes %s', (_, data) => {
    expect(() => {
      assertPlainData(data)
    }).not.toThrow()
  })

  it.each<[string, unknown]>([
    ['a prototype', JSON.parse('{"__proto__":{}}')],
    ['a prototype deep inside', JSON.parse('{"a":[{"b":{"__proto__":null}}]}')],
    ['a constructor', { constructor: 1 }],
    ['a member called prototype', { a: { prototype: {} } }],
    ['33 levels', nested(34)],
    ['more levels than a stack has room for', nested(200_000)]
  ])('refuses %s', (_, data) => {
    expect(() => {
      assertPlainData(data)
    }).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})
