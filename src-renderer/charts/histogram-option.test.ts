import { expect, it } from 'vitest'
import { chartPalette } from './chart-palette'
import { histogramBinsOf, histogramOption } from './histogram-option'

const histogram = { from: -1, to: 1, counts: [3, 0, 5, 1] }

it('bins lie side by side from end to end', () => {
  expect(histogramBinsOf(histogram)).toEqual([
    { from: -1, to: -0.5, count: 3 },
    { from: -0.5, to: 0, count: 0 },
    { from: 0, to: 0.5, count: 5 },
    { from: 0.5, to: 1, count: 1 }
  ])
})

it('the chart has a logarithmic axis, which leaves empty bins out', () => {
  const palette = chartPalette((property) => property)
  const option = histogramOption({ histogram, xTitle: 'weight', yTitle: 'count', palette })
  expect(option.yAxis).toMatchObject({ type: 'log', name: 'count' })
  expect(option.xAxis).toMatchObject({ data: ['-0.75', '-0.25', '0.25', '0.75'] })
  expect(option.series).toMatchObject([{ type: 'bar', data: [3, '-', 5, 1] }])
})
