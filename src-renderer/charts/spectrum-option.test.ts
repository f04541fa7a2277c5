import { describe, expect, it } from 'vitest'
import { chartPalette } from './chart-palette'
import { markLines, keptEnergy, relativeValues, spectrumOption } from './spectrum-option'

const palette = chartPalette((property) => `colour of ${property}`)

describe('points of a spectrum', () => {
  it('are relative to the largest value, counted from 1, without rounding noise', () => {
    expect(relativeValues([4, 2, 1e-10], [0, 7, 9])).toEqual([
      [1, 1],
      [8, 0.5]
    ])
    expect(relativeValues([0, 0], [0, 1])).toEqual([])
  })

  it('of the energy begin with nothing and end with everything', () => {
    expect(keptEnergy({ indices: [0, 1], discardedShares: [1, 0.25], length: 2 })).toEqual([
      [0, 0],
      [1, 75],
      [2, 100]
    ])
  })
})

describe('the chart of spectra', () => {
  const chart = {
    lines: [
      { name: 'weights', color: 'orange', points: [[1, 1] as const, [2, 0.5] as const] },
      { name: 'outputs', color: 'blue', isDashed: true, points: [[1, 1] as const] }
    ],
    marks: [
      { at: 30, label: 'break-even 30' },
      { at: 10, label: 'rank 10', isStrong: true }
    ],
    xTitle: 'index',
    yTitle: 'relative',
    scale: 'logarithmic' as const,
    palette
  }
  const option = spectrumOption(chart)

  it('has a logarithmic axis, a line for each, and a legend when there are several', () => {
    expect(option.yAxis).toMatchObject({ type: 'log', name: 'relative' })
    expect(option.series).toMatchObject([
      {
        name: 'weights',
        color: 'orange',
        lineStyle: { type: 'solid' },
        data: [
          [1, 1],
          [2, 0.5]
        ]
      },
      { name: 'outputs', color: 'blue', lineStyle: { type: 'dashed' } }
    ])
    expect(option.legend).toMatchObject({ show: true })
    expect(spectrumOption({ ...chart, lines: chart.lines.slice(0, 1) }).legend).toMatchObject({ show: false })
  })

  it('writes the labels of two marks on sides away from each other', () => {
    const [first] = option.series as { markLine: { data: unknown } }[]
    expect(first!.markLine.data).toMatchObject([
      { xAxis: 30, label: { position: 'insideEndBottom', formatter: 'break-even 30' } },
      { xAxis: 10, label: { position: 'insideEndTop', formatter: 'rank 10' }, lineStyle: { type: 'solid' } }
    ])
    const marks = [
      { at: 10, label: 'break-even' },
      { at: 10, label: 'rank 10' }
    ]
    expect(markLines(marks, palette).data).toMatchObject([
      { label: { position: 'insideEndTop' } },
      { label: { position: 'insideEndBottom' } }
    ])
  })

  it('gives a knob to the mark that can be moved, and to no other', () => {
    const marks = [{ ...chart.marks[0]!, isMovable: true }, chart.marks[1]!]
    const [first] = spectrumOption({ ...chart, marks }).series as { markLine: { data: object[] } }[]
    expect(first!.markLine.data[0]).toMatchObject({ symbol: 'circle' })
    expect(first!.markLine.data[1]).not.toHaveProperty('symbol')
  })

  it('ends at 0 and 100 where it shows percent', () => {
    expect(spectrumOption({ ...chart, scale: 'percent' }).yAxis).toMatchObject({
      type: 'value',
      min: 0,
      max: 100
    })
  })
})
