import { describe, expect, it } from 'vitest'
import { formatAudioDuration, formatInterval, formatMilliseconds, formatRealTimeSpeed } from './numbers'

describe('numbers for people', () => {
  it.each([
    ['an interval', formatInterval({ lower: 0.0321, upper: 0.052 }), '3.21–5.20 %'],
    ['milliseconds', formatMilliseconds(12.34), '12.3 ms'],
    ['speed from the factor', formatRealTimeSpeed(0.04), '25.0'],
    ['seconds of audio', formatAudioDuration(42.4), '42 s'],
    ['minutes of audio', formatAudioDuration(744), '12.4 min'],
    ['hours of audio', formatAudioDuration(19_440), '5.4 h']
  ])('%s', (_, text, expected) => {
    expect(text).toBe(expected)
  })
})
