import { describe, expect, it } from 'vitest'
import {
  formatAudioDuration,
  formatBytes,
  formatCount,
  formatInterval,
  formatMilliseconds,
  formatPercent,
  formatRealTimeSpeed
} from './numbers'

describe('numbers for people', () => {
  it.each([
    ['a rate', formatPercent(0.0416), '4.16 %'],
    ['a rate above one', formatPercent(1.0431), '104.31 %'],
    ['an interval', formatInterval({ lower: 0.0321, upper: 0.052 }), '3.21–5.20 %'],
    ['bytes', formatBytes(999), '999 B'],
    ['kilobytes', formatBytes(1000), '1.0 kB'],
    ['megabytes', formatBytes(32_900_000), '32.9 MB'],
    ['bytes that round up to the next unit', formatBytes(999_960), '1.0 MB'],
    ['gigabytes', formatBytes(1_230_000_000), '1.23 GB'],
    ['a small count', formatCount(999), '999'],
    ['thousands', formatCount(1500), '1.5 k'],
    ['millions', formatCount(7_080_000), '7.08 M'],
    ['a count that rounds up to the next unit', formatCount(999_996_000), '1.00 G'],
    ['billions', formatCount(2_000_000_000), '2.00 G'],
    ['milliseconds', formatMilliseconds(12.34), '12.3 ms'],
    ['speed from the factor', formatRealTimeSpeed(0.04), '25.0'],
    ['seconds of audio', formatAudioDuration(42.4), '42 s'],
    ['minutes of audio', formatAudioDuration(744), '12.4 min'],
    ['hours of audio', formatAudioDuration(19_440), '5.4 h']
  ])('%s', (_, text, expected) => {
    expect(text).toBe(expected)
  })
})
