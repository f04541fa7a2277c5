import { describe, expect, it } from 'vitest'
import { fromHalf, toHalves } from './half'

/** The magnitudes of all finite halves, ascending: their patterns are in the order of their values. */
const magnitudes = Array.from({ length: 0x7c00 }, (_, bits) => fromHalf(bits))

describe('fromHalf', () => {
  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7bff, 65504],
    [0x3555, 0.333251953125],
    [0xfc00, -Infinity],
    [0x7e00, NaN]
  ])('reads 0x%s', (bits, value) => {
    expect(fromHalf(bits)).toBe(value)
  })
})

describe('toHalves', () => {
  it('keeps every half of either sign', () => {
    const patterns = Uint16Array.from(magnitudes.keys())
    expect(toHalves(Float32Array.from(magnitudes))).toEqual(patterns)
    const negative = toHalves(Float32Array.from(magnitudes, (value) => -value))
    expect(negative).toEqual(patterns.map((bits) => bits | 0x8000))
  })

  // Between two neighbours there are only three cases, so this is every decision that rounding has to make.
  it('rounds to the nearer neighbour, and to the even one from the middle, everywhere', () => {
    const wanted: number[] = []
    const values: number[] = []
    for (let bits = 0; bits + 1 < magnitudes.length; bits++) {
      const [below, above] = [magnitudes[bits]!, magnitudes[bits + 1]!]
      const middle = (below + above) / 2
      const little = (above - below) / 64
      values.push(middle - little, middle, middle + little)
      wanted.push(bits, bits + (bits % 2), bits + 1)
    }
    expect(toHalves(Float32Array.from(values))).toEqual(Uint16Array.from(wanted))
  })

  it('makes infinite what is nearer to 2^16 than to 65504, and keeps NaN', () => {
    const values = Float32Array.of(65519.99, 65520, 1e38, -Infinity, NaN, 1e-40, -0)
    expect([...toHalves(values)]).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0x7e00, 0, 0x8000])
  })

  it('reads views that begin anywhere in a buffer', () => {
    expect([...toHalves(Float32Array.of(9, 1, -2).subarray(1))]).toEqual([0x3c00, 0xc000])
  })
})
