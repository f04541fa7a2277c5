import { describe, expect, it } from 'vitest'
import type { TrainingCurve } from '@contract/training'
import { chartPalette } from './chart-palette'
import { curveCharts, mostRows, smoothed, thinned, type CurveCharts } from './training-curves'

const words: CurveCharts['words'] = {
  step: 'Step',
  loss: 'Loss',
  trainingLoss: 'training',
  smoothedLoss: 'smoothed',
  developmentLoss: 'development',
  errorRate: 'WER',
  wordErrors: 'errors',
  words: 'words',
  gradientNorm: 'norm',
  learningRate: 'rate',
  chosen: (step) => `kept: step ${step}`
}

function curveOf(count: number, evaluateEvery: number | undefined): TrainingCurve {
  const steps = Array.from({ length: count }, (_, place) => ({
    step: place + 1,
    epoch: 0,
    loss: 10 / (place + 1),
    gradientNorm: 1 + place,
    learningRate: 0.001,
    audioSeconds: 3
  }))
  if (evaluateEvery === undefined) return { steps, development: [] }
  const development = Array.from({ length: 1 + Math.floor(count / evaluateEvery) }, (_, place) => ({
    step: place * evaluateEvery,
    loss: 5 - place,
    wordErrors: 8 - place,
    referenceWords: 40
  }))
  return { steps, development }
}

function charts(curve: TrainingCurve, chosenStep?: number) {
  const palette = chartPalette((property) => property)
  return curveCharts({ curve, chosenStep, totalSteps: 100, words, palette })
}

interface Series {
  readonly name: string
  readonly data: readonly (readonly number[])[]
  readonly markLine?: { readonly data: readonly { readonly xAxis: number }[] }
}
const seriesOf = (chart: ReturnType<typeof charts>[number]) => chart.option.series as unknown as Series[]

describe('the charts of a training', () => {
  it('hold every number of the curve, in the chart and in its table', () => {
    const curve = curveOf(10, 5)
    const [loss, errorRate, norm, rate] = charts(curve, 5)
    expect(seriesOf(loss!).map(({ name }) => name)).toEqual(['training', 'smoothed', 'development'])
    expect(seriesOf(loss!)[0]!.data).toEqual(curve.steps.map((each) => [each.step, each.loss]))
    expect(seriesOf(loss!)[2]!.data).toEqual([
      [0, 5],
      [5, 4],
      [10, 3]
    ])
    expect(loss!.table.rows[0]).toEqual([0, '', '', 5])
    expect(loss!.table.rows).toHaveLength(11)
    expect(loss!.table.rows[5]!.at(-1)).toBe(4)
    expect(seriesOf(errorRate!)[0]!.data).toEqual([
      [0, 20],
      [5, 17.5],
      [10, 15]
    ])
    expect(errorRate!.table.rows[1]).toEqual([5, 17.5, 7, 40])
    expect(seriesOf(norm!)[0]!.data.at(-1)).toEqual([10, 10])
    expect(rate!.table.rows).toEqual(curve.steps.map(({ step }) => [step, 0.001]))
  })

  it('mark the step whose weights are kept, and show the whole way', () => {
    for (const chart of charts(curveOf(10, 5), 5)) {
      expect(seriesOf(chart)[0]!.markLine?.data.map(({ xAxis }) => xAxis)).toEqual([5])
      expect(chart.option.xAxis).toMatchObject({ min: 0, max: 100 })
    }
    expect(seriesOf(charts(curveOf(10, 5))[0]!)[0]!.markLine?.data).toEqual([])
  })

  it('leave the development set out where there is none', () => {
    const drawn = charts(curveOf(10, undefined))
    expect(drawn.map(({ id }) => id)).toEqual(['loss', 'gradient-norm', 'learning-rate'])
    expect(drawn[0]!.table.columns).toEqual(['Step', 'training', 'smoothed'])
  })

  it('take a logarithmic axis only for a wide range', () => {
    const [narrow] = charts(curveOf(5, undefined))
    const [wide] = charts(curveOf(60, undefined))
    expect([narrow!.option.yAxis, wide!.option.yAxis]).toMatchObject([{ type: 'value' }, { type: 'log' }])
  })

  it('thin a long table but not its file, and keep what was measured', () => {
    const [loss] = charts(curveOf(5000, 999))
    expect(loss!.wholeTable.rows).toHaveLength(5001)
    expect(loss!.table.rows.length).toBeLessThan(mostRows + 10)
    const steps = loss!.table.rows.map(([step]) => step)
    expect(steps).toEqual(expect.arrayContaining([0, 999, 1998, 2997, 3996, 4995, 5000]))
  })
})

describe('smoothing', () => {
  it('leaves a constant alone and begins at the first value', () => {
    expect(smoothed([3, 3, 3], 3)).toEqual([3, 3, 3])
    // Weights 1 and 1 − 2/4 of the one before, over their sum.
    expect(smoothed([1, 4], 3)).toEqual([1, (0.5 * 1 + 4) / 1.5])
  })

  it('thins to the first, the last and what is kept', () => {
    const rows = Array.from({ length: 100 }, (_, place) => place)
    expect(thinned(rows, 4, (row) => row === 7)).toEqual([0, 7, 25, 50, 75, 99])
    expect(thinned([1, 2], 4)).toEqual([1, 2])
  })
})
