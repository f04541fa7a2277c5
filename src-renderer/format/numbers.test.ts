import { describe, expect, it } from 'vitest'
import { englishDurations } from '@contract/display-numbers'
import { numbers } from '../text/ja/numbers'
import { formatAudioDuration, formatInterval, formatMilliseconds, formatRealTimeSpeed } from './numbers'

describe('numbers for people', () => {
  it.each([
    ['an interval', formatInterval({ lower: 0.0321, upper: 0.052 }), '3.21–5.20 %'],
    ['milliseconds', formatMilliseconds(12.34), '12.3 ms'],
    ['speed from the factor', formatRealTimeSpeed(0.04), '25.0'],
    ['seconds of audio', formatAudioDuration(42.4, englishDurations), '42 s'],
    ['minutes of audio', formatAudioDuration(744, englishDurations), '12.4 min'],
    ['hours of audio', formatAudioDuration(19_440, englishDurations), '5.4 h'],
    ['hours of audio in Japanese', formatAudioDuration(19_440, numbers.durations), '5.4 時間']
  ])('%s', (_, text, expected) => {
    expect(text).toBe(expected)
  })
})
