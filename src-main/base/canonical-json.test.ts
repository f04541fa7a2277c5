import { describe, expect, it } from 'vitest'
import { canonicalJson, type Json } from './canonical-json'

describe('canonicalJson', () => {
  it.each<[string, Json, string]>([
    ['null', null, 'null'],
    ['booleans', [true, false], '[true,false]'],
    ['numbers', [0, -0, 1.5, 1e21, -2e-7], '[0,0,1.5,1e+21,-2e-7]'],
    ['text with escapes', 'a"\n\u2028é', '"a\\"\\n\u2028é"'],
    ['an empty list and object', [[], {}], '[[],{}]'],
    ['nested objects', { b: { d: 1, c: [2] }, a: 3 }, '{"a":3,"b":{"c":[2],"d":1}}']
  ])('writes %s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('does not depend on the order in which members were added', () => {
    expect(canonicalJson({ x: 1, y: { p: 2, q: 3 } })).toBe(canonicalJson({ y: { q: 3, p: 2 }, x: 1 }))
  })

  it('sorts keys by code unit, not by locale or as numbers', () => {
    expect(canonicalJson({ é: 1, z: 2, Z: 3, 10: 4, 9: 5, '': 6 })).toBe(
      '{"":6,"10":4,"9":5,"Z":3,"z":2,"é":1}'
    )
  })

  it('leaves undefined members out and keeps the order of a list', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
    expect(canonicalJson([3, 1, 2])).toBe('[3,1,2]')
  })

  it('writes what JSON.parse reads back as the same data', () => {
    const value = { list: [1, 'two', null, { deep: [true] }], text: '\\ "quoted" \t', number: -0.1 }
    expect(JSON.parse(canonicalJson(value))).toEqual(value)
  })

  it.each([NaN, Infinity, -Infinity])('refuses %d, also deep inside', (value) => {
    expect(() => canonicalJson({ a: [{ b: value }] })).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})
