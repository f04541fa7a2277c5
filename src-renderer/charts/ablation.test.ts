import { describe, expect, it } from 'vitest'
import type { LayerDecision } from '@contract/trial'
import { completedTrial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { ablatedRanks, findAblations, sensitivityRanking } from './ablation'
import { heatMapOf, heatMapOption } from './heat-map-option'
import { rankPairs } from './rank-map'
import type { ChartPalette } from './chart-palette'

const roles = ['q', 'k', 'fc1'] as const
const plan = (rankOf: (index: number) => number | null): LayerDecision[] =>
  roles.map((role, index) => ({
    layerId: `layer ${index}`,
    role,
    blockIndex: index === 2 ? 1 : 0,
    inFeatures: 64,
    outFeatures: 32,
    rank: rankOf(index)
  }))
const change = (difference: number, half = 0.005) => ({
  difference,
  lower: difference - half,
  upper: difference + half
})
const only = (index: number, rank: number, difference: number) =>
  completedTrial(`only ${index} at ${rank}`, {
    plan: plan((each) => (each === index ? rank : null)),
    versusBaseline: change(difference)
  })
const without = (index: number, difference: number) =>
  completedTrial(`without ${index}`, {
    plan: plan((each) => (each === index ? null : 8)),
    versusBaseline: change(difference)
  })

describe('the ablations of a study', () => {
  it('are trials that compress exactly one layer, or all but one', () => {
    const trials = [
      only(0, 8, 0.01),
      only(1, 8, 0.002),
      without(0, 0.03),
      without(2, 0.02),
      completedTrial('all', { plan: plan(() => 8), versusBaseline: change(0.05) })
    ]
    expect(
      findAblations(trials).map(({ kind, entries }) => [kind, entries.map(({ layer }) => layer.role)])
    ).toEqual([
      ['layer-by-layer', ['q', 'k']],
      ['leave-one-out', ['q', 'fc1']]
    ])
  })

  it('are not single plans that happen to leave one layer as it is, nor trials without a difference', () => {
    expect(findAblations([without(0, 0.03), only(1, 8, 0.01)])).toEqual([])
    const unknown = completedTrial('unknown', { plan: plan((each) => (each === 0 ? 8 : null)) })
    expect(findAblations([unknown, only(1, 8, 0.01), unmeasuredTrial('failed', 'failed')])).toEqual([])
  })

  it('call a change significant when its interval excludes zero', () => {
    const [ablation] = findAblations([only(0, 8, 0.01), only(1, 8, 0.002), only(2, 8, -0.01)])
    expect(ablation?.entries.map(({ isSignificant }) => isSignificant)).toEqual([true, false, true])
  })
})

describe('the ranking', () => {
  const [ablation] = findAblations([only(0, 8, 0.01), only(0, 4, 0.04), only(1, 8, 0.02)])

  it('has each layer once, by its worst rank or the wanted one', () => {
    const names = (rank?: number) => sensitivityRanking(ablation!, rank).map(({ trial }) => trial.name)
    expect(ablatedRanks(ablation!)).toEqual([4, 8])
    expect(names()).toEqual(['only 0 at 4', 'only 1 at 8'])
    expect(names(8)).toEqual(['only 1 at 8', 'only 0 at 8'])
  })
})

describe('the heat map', () => {
  const [ablation] = findAblations([only(2, 8, 0.02), only(0, 16, 0.001), only(0, 4, 0.04)])
  const palette = Object.fromEntries(
    [
      'ink',
      'muted',
      'line',
      'lineStrong',
      'panel',
      'weightSvd',
      'asvd',
      'whitenedSvd',
      'outputPca',
      'front'
    ].map((name) => [name, name])
  ) as unknown as ChartPalette

  it('has layers in the order of the network down and ranks in order across', () => {
    const map = heatMapOf(ablation!, { axis: 'rank' })
    expect([map.rows, map.columns]).toEqual([
      ['0 q', '1 fc1'],
      ['4', '8', '16']
    ])
    expect(map.cells.map(({ row, column, entry }) => [row, column, entry.trial.name])).toEqual([
      [1, 1, 'only 2 at 8'],
      [0, 2, 'only 0 at 16'],
      [0, 0, 'only 0 at 4']
    ])
  })

  it('has a row for each of two layers that share block and role', () => {
    const twins = (index: number) =>
      completedTrial(`twin ${index}`, {
        plan: plan((each) => (each === index ? 8 : null)).map((layer) => ({
          ...layer,
          role: 'fc1',
          blockIndex: 0,
          layerId: layer.layerId.replace(' ', '/')
        })),
        versusBaseline: change(0.01)
      })
    const [found] = findAblations([twins(0), twins(1)])
    expect(heatMapOf(found!, { axis: 'rank' }).rows).toEqual(['0 fc1 0', '0 fc1 1'])
    expect(heatMapOf(found!, { axis: 'role' }).cells).toHaveLength(1)
  })

  it('has blocks down and roles across, with the worst of each cell', () => {
    const map = heatMapOf(ablation!, { axis: 'role' })
    expect([map.rows, map.columns]).toEqual([
      ['block 0', 'block 1'],
      ['fc1', 'q']
    ])
    expect(map.cells.map(({ entry }) => entry.trial.name)).toEqual(['only 0 at 4', 'only 2 at 8'])
  })

  it('is drawn in percentage points around zero, at most ten of them in full colour, with marks', () => {
    const option = heatMapOption(heatMapOf(ablation!, { axis: 'rank' }), palette) as unknown as {
      visualMap: { min: number; max: number }
      series: [{ data: number[][]; label: { formatter: (cell: { dataIndex: number }) => string } }]
    }
    expect(option.visualMap).toMatchObject({ min: -4, max: 4 })
    expect(option.series[0].data).toEqual([
      [1, 1, 2],
      [2, 0, 0.1],
      [0, 0, 4]
    ])
    expect([0, 1].map((dataIndex) => option.series[0].label.formatter({ dataIndex }))).toEqual([
      '+2.00 ●',
      '+0.10'
    ])
  })
})

describe('ranks side by side', () => {
  it('differ by layer; a dense layer counts as its largest rank', () => {
    const first = completedTrial('first', { plan: plan((index) => [8, null, 4][index]!) })
    const second = completedTrial('second', { plan: plan((index) => [16, 8, null][index]!).slice(0, 2) })
    expect(rankPairs(first, second).map(({ layer, difference }) => [layer.role, difference])).toEqual([
      ['q', 8],
      ['k', -24],
      ['fc1', undefined]
    ])
  })
})
