import { describe, expect, it } from 'vitest'
import { decodeArrays, encodeArrays } from './array-file'

const sample = () =>
  encodeArrays(
    { kind: 'svd', rank: 2, layers: ['a', null] },
    {
      s: new Float64Array([1.5, Number.NaN, -0]),
      u: new Float32Array([0.25, Infinity, -1]),
      'ü/0': new Float32Array(0)
    }
  )

describe('array files', () => {
  it('give back header, names, types and every bit of the numbers', () => {
    const { header, arrays } = decodeArrays(sample())
    expect(header).toEqual({ kind: 'svd', rank: 2, layers: ['a', null] })
    expect(Object.keys(arrays)).toEqual(['s', 'u', 'ü/0'])
    expect(arrays.s).toEqual(new Float64Array([1.5, Number.NaN, -0]))
    expect(arrays.u).toEqual(new Float32Array([0.25, Infinity, -1]))
    expect(arrays['ü/0']).toEqual(new Float32Array(0))
  })

  it('have the documented layout', () => {
    const bytes = encodeArrays(1, { a: new Float32Array([1]) })
    const description = '{"arrays":[{"length":1,"name":"a","type":"float32"}],"header":1}'
    const view = new DataView(bytes.buffer)
    expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('LATHEAR1')
    expect(view.getUint32(8, true)).toBe(description.length)
    expect(new TextDecoder().decode(bytes.subarray(16, 16 + description.length))).toBe(description)
    expect(view.getFloat32(bytes.byteLength - 8, true)).toBe(1)
    expect(bytes.byteLength % 8).toBe(0)
  })

  it('are the same bytes for the same data, also from views into larger arrays', () => {
    const larger = new Float64Array([9, 1, 2, 9])
    const fromView = encodeArrays(null, { a: larger.subarray(1, 3) })
    expect(fromView).toEqual(encodeArrays(null, { a: new Float64Array([1, 2]) }))
  })

  it('are read in place when aligned and correctly when not', () => {
    const bytes = sample()
    expect(decodeArrays(bytes).arrays.s?.buffer).toBe(bytes.buffer)
    for (let shift = 1; shift < 8; shift++) {
      const moved = new Uint8Array(bytes.byteLength + shift)
      moved.set(bytes, shift)
      expect(decodeArrays(moved.subarray(shift)).arrays.u).toEqual(new Float32Array([0.25, Infinity, -1]))
    }
  })

  it('are refused when cut short anywhere or too long', () => {
    const bytes = sample()
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(() => decodeArrays(bytes.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'io' })
      )
    }
    const longer = new Uint8Array(bytes.byteLength + 8)
    longer.set(bytes)
    expect(() => decodeArrays(longer)).toThrow(
      `The array file is damaged: expected ${bytes.byteLength} bytes, got ${longer.byteLength}; remove it and compute it again.`
    )
  })

  it.each([
    ['no JSON', 'garbage!'],
    ['no object', '1       '],
    ['null', 'null    '],
    ['no arrays', '{"header":1,"arrays":1}'],
    ['no header', '{"arrays":[]}'],
    ['an unknown type', '{"header":1,"arrays":[{"name":"a","type":"int8","length":0}]}'],
    ['a negative length', '{"header":1,"arrays":[{"name":"a","type":"float32","length":-1}]}'],
    ['a fraction as length', '{"header":1,"arrays":[{"name":"a","type":"float32","length":0.5}]}'],
    ['a null for an array', '{"header":1,"arrays":[null]}']
  ])('are refused with %s as description', (_name, description) => {
    const bytes = new Uint8Array(16 + Math.ceil(description.length / 8) * 8)
    bytes.set(new TextEncoder().encode('LATHEAR1'))
    new DataView(bytes.buffer).setUint32(8, description.length, true)
    bytes.set(new TextEncoder().encode(description), 16)
    expect(() => decodeArrays(bytes)).toThrow(expect.objectContaining({ code: 'io' }))
  })

  it('do not let a name reach the prototype', () => {
    const arrays = Object.fromEntries([['__proto__', new Float32Array([1])]])
    const decoded = decodeArrays(encodeArrays(null, arrays)).arrays
    expect(Object.keys(decoded)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
  })
})
