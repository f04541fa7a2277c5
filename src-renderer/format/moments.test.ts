import { describe, expect, it } from 'vitest'
import { englishDurations } from '@contract/display-numbers'
import { numbers } from '../text/ja/numbers'
import { formatWait } from './moments'

describe('a wait', () => {
  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3599.4, '59 min 59 s'],
    [7620, '2 h 07 min'],
    [-3, '0 s']
  ])('of %f seconds reads %s', (seconds, text) => {
    expect(formatWait(seconds, englishDurations)).toBe(text)
  })

  it.each([
    [40, '40 秒'],
    [185, '3 分 05 秒'],
    [7620, '2 時間 07 分']
  ])('of %f seconds reads %s in Japanese', (seconds, text) => {
    expect(formatWait(seconds, numbers.durations)).toBe(text)
  })
})
