import { describe, expect, it } from 'vitest'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import type { ChartPalette } from './chart-palette'
import { figureColumns, rowsInRanges } from './figures'
import {
  mostLines,
  parallelAxesOption,
  parallelFigures,
  parallelLines,
  parallelLinesOption,
  parallelOption
} from './parallel-option'
import { seriesMark } from './series-mark'
import { crowd } from './trade-off-crowd'
import { trialOf } from './trade-off-frame'
import { tradeOffLayers } from './trade-off-layers'
import { tradeOffOption } from './trade-off-option'

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
    expect(series.slice(1).map(({ id, data }) => [id, data.map(({ name }) => name)])).toEqual([
      ['others', [baselineTrial.trialId, 'id of half']],
      ['chosen', [int8Trial.trialId]]
    ])
  })

  it('draw an even sample of a crowd, on axes that end where all trials do', () => {
    const crowded = Array.from({ length: 2 * mostLines }, (_, index) =>
      completedTrial(`tier ${index}`, { sizeBytes: 1e6 * (1 + index) })
    )
    const drawn = parallelOption({ trials: crowded, columns: figureColumns(crowded), palette })
    expect(drawn.series.map(({ id, data }) => [id, data?.length])).toEqual([
      ['ends', 2],
      ['others', 0],
      ['chosen', mostLines]
    ])
    expect(drawn.series[0]?.data).toMatchObject([{ value: [1, 8] }, { value: [2 * mostLines, 8] }])
  })

  it('are the same above lines and by themselves, so that one chart can lie on the other', () => {
    const chart = { trials, columns, palette, chosen: new Set([int8Trial.trialId]) }
    const [whole, above, below] = [
      parallelOption(chart),
      parallelAxesOption(chart),
      parallelLinesOption(chart)
    ]
    expect(functionless([...above.series, ...parallelLines(chart)])).toEqual(functionless(whole.series))
    expect(functionless(below.series)).toEqual(functionless(whole.series))
    expect(below.parallel).toEqual(above.parallel)
    expect(below.parallelAxis).toEqual(above.parallelAxis.map((axis) => ({ ...axis, show: false })))
  })
})

/** The series as plain data, whose functions would be told apart by identity. */
const functionless = (series: readonly object[]) => JSON.parse(JSON.stringify(series)) as object[]

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

  it('draws a crowd as one layer of dots per method', () => {
    const [dots, ...more] = seriesOf({ trials: many }).filter(
      ({ type, data }) => type === 'scatter' && data.length > 0
    )
    expect(more).toEqual([])
    expect(dots).toMatchObject({ id: 'whitened-svd, all', symbol: 'rect', large: true })
    // Cost, error and place of the fourth trial.
    expect([...(dots?.data ?? [])].slice(9, 12)).toEqual([4, 8, 3])
  })

  it('gives few chosen ones of a crowd their marks back, above faint dots', () => {
    const series = seriesOf({ trials: many, chosen: new Set(['id of tier 3']) })
    expect(byId(series, 'whitened-svd, all')).toMatchObject({ itemStyle: { opacity: 0.15 }, silent: true })
    expect(byId(series, 'whitened-svd, chosen')).toMatchObject({
      large: false,
      data: [{ symbol: 'circle', value: [4, 8, 3] }]
    })
  })

  it('shows more chosen ones of a crowd as dots', () => {
    const chosen = new Set(many.slice(100).map(({ trialId }) => trialId))
    const { data } = byId(seriesOf({ trials: many, chosen }), 'whitened-svd, chosen')!
    expect(data).toHaveLength(3 * (crowd - 100))
    expect([...data].slice(0, 3)).toEqual([101, 8, 100])
  })

  describe('of a crowd, as layers', () => {
    const chart = { trials: [baselineTrial, ...many], cost: 'size', errorScale: 'linear', palette } as const
    const layers = tradeOffLayers(chart)!
    const listOf = ({ series }: { series?: unknown }) => series as Series[]
    const noPins = new Map<string, string>()
    const someChosen = [
      undefined,
      new Set(['id of tier 3']),
      new Set(many.slice(1).map((each) => each.trialId))
    ]

    it('is drawn whole when there are few', () => {
      expect(tradeOffLayers({ ...chart, trials })).toBeUndefined()
    })

    it('shows, with nothing chosen, what the whole chart shows', () => {
      expect(functionless(listOf(layers.full))).toEqual(functionless(seriesOf(chart)))
    })

    it('holds every series of the whole chart once, with what is chosen above what is not', () => {
      const chosen = new Set(['id of tier 3'])
      const pins = new Map([['id of tier 5', 'five']])
      const drawn = [...listOf(layers.faint), ...listOf(layers.over(chosen, pins))]
      const shown = drawn.filter(({ id, data }) => id !== 'farthest' && data.length > 0)
      const whole = seriesOf({ ...chart, chosen, pins }).filter(({ data }) => data.length > 0)
      expect(shown.map(({ id }) => id).toSorted()).toEqual(whole.map(({ id }) => id).toSorted())
      for (const each of whole) {
        const { encode: _, ...same } = shown.find(({ id }) => id === each.id) as Series & { encode?: unknown }
        expect(functionless([each])).toMatchObject(functionless([same]))
      }
    })

    it('changes with the choice the same as if it were drawn anew, and nothing that is below', () => {
      for (const chosen of someChosen) {
        const merged = new Map(listOf(layers.over(undefined, noPins)).map((each) => [each.id, each]))
        for (const each of listOf(layers.choice(chosen))) {
          expect(merged.has(each.id)).toBe(true)
          merged.set(each.id, { ...merged.get(each.id), ...each })
        }
        const anew = listOf(layers.over(chosen, noPins))
        expect(functionless([...merged.values()])).toMatchObject(functionless(anew))
      }
    })

    it('lies on axes with the same ends, whatever is chosen', () => {
      const { xAxis, yAxis, grid } = layers.full
      const over = layers.over(new Set(), noPins)
      expect(over).toMatchObject({ grid, xAxis: { min: 0 }, yAxis: { min: 0 } })
      expect([xAxis, yAxis]).toMatchObject([{ min: 0 }, { min: 0 }])
      // The dearest trial and the most errors, which are those of different trials.
      expect(listOf(over).find(({ id }) => id === 'farthest')?.data).toEqual([[crowd, 8]])
    })
  })

  it('knows a trial by the name of its mark or the third member of its dot', () => {
    expect(trialOf({ name: 'id of half' }, trials)?.name).toBe('half')
    expect(trialOf({ name: '', value: [1, 2, 3] }, trials)?.name).toBe('half')
    expect(trialOf({ name: '', value: [1, 2] }, trials)).toBeUndefined()
  })
})

describe('the marks', () => {
  it('are different for every number format, rank policy and addition to the method', () => {
    const plain = (['float32', 'float16', 'int8', 'int8-weights', 'int4-weights'] as const).flatMap(
      (precision) =>
        (['uniform', 'energy', 'water-filling', 'effective-rank', 'sensitivity', 'manual'] as const).map(
          (rankPolicy) => ({ precision, rankPolicy })
        )
    )
    const additions = [[], ['sequential'], ['refit'], ['sequential', 'refit']] as const
    const marks = plain.flatMap((each) => additions.map((added) => seriesMark({ ...each, additions: added })))
    expect(new Set(marks).size).toBe(120)
  })
})
