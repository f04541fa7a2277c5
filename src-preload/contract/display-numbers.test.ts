import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatDifference, formatDuration, formatPercent } from './display-numbers'

describe('numbers as text', () => {
  it.each([
    [0.041565, '4.16 %'],
    [0, '0.00 %'],
    [1, '100.00 %'],
    [1.0725, '107.25 %']
  ])('a fraction of %d is %s', (fraction, text) => {
    expect(formatPercent(fraction)).toBe(text)
  })

  it('a difference is in points with a sign, but for what rounds to nothing', () => {
    expect(formatDifference({ difference: 0.0123, lower: -0.004, upper: 0.021 })).toBe(
      '+1.23 (-0.40 to +2.10)'
    )
    expect(formatDifference({ difference: 0, lower: -0.00001, upper: 0.00004 })).toBe('0.00 (0.00 to 0.00)')
    expect(
      formatDifference({ difference: 0.01, lower: 0, upper: 0.02 }, (lower, upper) => `${lower} ～ ${upper}`)
    ).toBe('+1.00 (0.00 ～ +2.00)')
  })

  it('a fraction may have other digits', () => {
    expect([formatPercent(0.5, 0), formatPercent(1 / 3, 4)]).toEqual(['50 %', '33.3333 %'])
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [32_905_123, '32.9 MB'],
    [999_949_999, '999.9 MB'],
    [999_950_000, '1.00 GB'],
    [2_620_000_000, '2.62 GB']
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0 k'],
    [999_949, '999.9 k'],
    [999_950, '1.00 M'],
    [7_077_888, '7.08 M'],
    [999_994_999, '999.99 M'],
    [999_995_000, '1.00 G'],
    [1_500_000_000, '1.50 G']
  ])('a count of %d is %s', (count, text) => {
    expect(formatCount(count)).toBe(text)
  })

  it.each([
    [0, '0.0 ms'],
    [12.34, '12.3 ms'],
    [999.94, '999.9 ms'],
    [999.96, '1.0 s'],
    [2400, '2.4 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_700, '60 min 00 s']
  ])('%d ms are %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})
