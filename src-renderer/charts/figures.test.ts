import { describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import type { ChartPalette } from './chart-palette'
import { figureColumns, rowsInRanges } from './figures'
import { mostLines, parallelFigures, parallelOption } from './parallel-option'
import { seriesMark } from './series-mark'
import { crowd, tradeOffOption, trialIdOf } from './trade-off-option'

const trials = [baselineTrial, unmeasuredTrial('failed', 'failed'), int8Trial, completedTrial('half')]
const columns = figureColumns(trials)
const palette = new Proxy({}, { get: (_, name) => name }) as ChartPalette
const many = Array.from({ length: crowd }, (_, index) =>
  completedTrial(`tier ${index}`, { sizeBytes: 1e6 * (1 + index) })
)

describe('ranges', () => {
  it('choose the rows whose figures lie in all of them, ends included, never what was not measured', () => {
    expect(rowsInRanges(columns, [])).toEqual([0, 1, 2, 3])
    expect(rowsInRanges(columns, [{ figure: 'size', lower: 12, upper: 16 }])).toEqual([2, 3])
    expect(
      rowsInRanges(columns, [
        { figure: 'size', lower: 0, upper: 100 },
        { figure: 'error', lower: 4, upper: 4.5 }
      ])
    ).toEqual([0, 2])
  })

  it('of one figure are alternatives', () => {
    expect(
      rowsInRanges(columns, [
        { figure: 'latency', lower: 80, upper: 80 },
        { figure: 'latency', lower: 40, upper: 40 }
      ])
    ).toEqual([0, 3])
  })
})

describe('the parallel axes', () => {
  const option = (chosen?: ReadonlySet<string>) =>
    parallelOption({ trials, columns, palette, chosen }) as unknown as {
      parallelAxis: { id: string; inverse: boolean }[]
      series: { id: string; data: { name: string; value: number[] }[] }[]
    }

  it('are the figures that differ, faster downwards like all that is better', () => {
    expect(option().parallelAxis.map(({ id }) => id)).toEqual(parallelFigures(columns))
    expect(parallelFigures(columns)).not.toContain('memory')
    expect(option().parallelAxis.find(({ id }) => id === 'speed')?.inverse).toBe(true)
  })

  it('have the chosen trials above the others, and none that was not measured', () => {
    const { series } = option(new Set([int8Trial.trialId]))
    expect(series.map(({ id, data }) => [id, data.map(({ name }) => name)])).toEqual([
      ['others', [baselineTrial.trialId, 'id of half']],
      ['chosen', [int8Trial.trialId]]
    ])
  })

  it('draw an even sample of a crowd', () => {
    const crowded = Array.from({ length: 2 * mostLines }, (_, index) => completedTrial(`tier ${index}`))
    const drawn = parallelOption({ trials: crowded, columns: figureColumns(crowded), palette })
    expect(drawn.series.map(({ data }) => data?.length)).toEqual([0, mostLines])
  })
})

describe('the trade-off chart', () => {
  interface Series {
    readonly id: string
    readonly type: string
    readonly data: { readonly name: string; readonly itemStyle: { readonly opacity?: number } }[]
  }
  const seriesOf = (changes: Partial<Parameters<typeof tradeOffOption>[0]>) =>
    tradeOffOption({ trials, cost: 'size', errorScale: 'linear', palette, ...changes })
      .series as unknown as Series[]
  const byId = (series: Series[], id: string) => series.find((each) => each.id === id)

  it('runs backwards where more is better, and so do its stairs', () => {
    const option = tradeOffOption({ trials, cost: 'speed', errorScale: 'linear', palette })
    expect(option.xAxis).toMatchObject({ inverse: true })
    expect(byId(option.series as unknown as Series[], 'best measured')?.data).toEqual([
      [50, 8],
      [1 / 0.03, 4.5],
      [25, 4]
    ])
  })

  it('keeps the chosen trials and the references in full colour', () => {
    const opacity = (chosen: string, id: string) =>
      byId(seriesOf({ chosen: new Set([chosen]) }), id)?.data[0]?.itemStyle.opacity
    expect(opacity('id of half', 'int8')).toBeUndefined()
    expect(opacity('id of half', 'whitened-svd, float32')).toBeUndefined()
    expect(opacity(int8Trial.trialId, 'whitened-svd, float32')).toBeLessThan(0.5)
  })

  it('rings pinned trials with the names that they were given', () => {
    const pinned = byId(seriesOf({ pins: new Map([['id of half', 'my tier']]) }), 'pinned')
    expect(pinned?.data).toEqual([{ name: 'my tier', value: [16, 8] }])
  })

  it('draws a crowd as dots, and gives few chosen ones their marks back', () => {
    const dots = byId(seriesOf({ trials: many }), 'whitened-svd, float32, tiers')
    expect(dots).toMatchObject({ type: 'scatter', symbol: 'rect', large: true })
    const chosen = byId(
      seriesOf({ trials: many, chosen: new Set(['id of tier 3']) }),
      'whitened-svd, float32, tiers'
    )
    expect(chosen).toMatchObject({ symbol: 'circle', data: [{ value: [4, 8, 'id of tier 3'] }] })
  })

  it('knows a trial by the name of its mark or the third member of its dot', () => {
    expect(trialIdOf({ name: 'a' })).toBe('a')
    expect(trialIdOf({ name: '', value: [1, 2, 'b'] })).toBe('b')
    expect(trialIdOf({ name: '', value: [1, 2] })).toBe('')
  })
})

describe('the marks', () => {
  it('are different for every number format and rank policy', () => {
    const marks = (['float32', 'float16', 'int8', 'int8-weights', 'int4-weights'] as const).flatMap(
      (precision) =>
        (['uniform', 'energy', 'water-filling', 'effective-rank', 'sensitivity', 'manual'] as const).map(
          (rankPolicy) => seriesMark({ precision, rankPolicy })
        )
    )
    expect(new Set(marks).size).toBe(30)
  })
})
