import { describe, expect, it } from 'vitest'
import { completedTrial } from '../../tests/helpers/trial-reports'
import { errorBars } from './error-bars'

interface Stroke {
  shape: { x1: number; y1: number; x2: number; y2: number }
}

/** What is drawn for an interval, on axes of ten pixels per unit with errors counted upwards from y = 0. */
function strokesFor(lowerPercent: number, upperPercent: number, floorPercent: number): number[][] {
  const series = errorBars(
    'a',
    [{ trial: completedTrial('a'), cost: 5, errorPercent: 8, interval: { lowerPercent, upperPercent } }],
    'blue',
    floorPercent
  )
  const row = series.data[0]!
  const api = {
    value: (dimension: number) => row[dimension],
    coord: ([x, y]: [number, number]) => [x * 10, -y * 10]
  }
  const drawn = (series.renderItem as (params: unknown, api: unknown) => { children: Stroke[] })({}, api)
  return drawn.children.map(({ shape: { x1, y1, x2, y2 } }) => [x1, y1, x2, y2])
}

describe('an error bar', () => {
  it('runs from end to end of the interval, closed at both', () => {
    expect(strokesFor(6, 10, 2)).toEqual([
      [50, -100, 50, -60],
      [47, -100, 53, -100],
      [47, -60, 53, -60]
    ])
  })

  it('is open below where the axis ends before the interval does', () => {
    expect(strokesFor(0, 10, 2)).toEqual([
      [50, -100, 50, -20],
      [47, -100, 53, -100]
    ])
  })
})
