import { describe, expect, it } from 'vitest'
import {
  baselineTrial,
  classifierTrial,
  completedTrial,
  unmeasuredTrial
} from '../../tests/helpers/trial-reports'
import { costAxes, costNames } from './cost-axis'
import { errorAxisTitle, plotTrials, suggestErrorScale } from './plotted-trials'

describe('the place of a trial', () => {
  it.each([
    ['size', 32],
    ['parameters', 8],
    ['latency', 80],
    ['speed', 25],
    ['memory', 200]
  ] as const)('on the axis of %s is %d, in the unit of its title', (name, cost) => {
    expect(plotTrials([baselineTrial], costAxes[name], 'linear').plotted).toEqual([
      { trial: baselineTrial, cost, errorPercent: 4, interval: { lowerPercent: 3, upperPercent: 5 } }
    ])
  })

  it('of a classifier is at the share of wrong labels', () => {
    const [plotted] = plotTrials([classifierTrial('a')], costAxes.size, 'linear').plotted
    expect(plotted?.errorPercent).toBeCloseTo(5, 10)
    expect(plotted?.interval.lowerPercent).toBeCloseTo(3, 10)
    expect(plotted?.interval.upperPercent).toBeCloseTo(7, 10)
  })
})

describe('a trial without a place', () => {
  it.each(costNames)('is one that is not completed, on the axis of %s', (name) => {
    const trials = (['pending', 'running', 'failed', 'cancelled'] as const).map((state) =>
      unmeasuredTrial(state, state)
    )
    expect(plotTrials(trials, costAxes[name], 'linear')).toEqual({
      plotted: [],
      unmeasured: trials,
      belowScale: []
    })
  })

  it('is one whose cost on this axis is unknown', () => {
    const { latencyMilliseconds: _, ...trial } = completedTrial('a')
    expect(plotTrials([trial], costAxes.latency, 'linear').unmeasured).toEqual([trial])
    expect(plotTrials([trial], costAxes.size, 'linear').unmeasured).toEqual([])
  })

  it('is one without errors on a logarithmic axis, and only there', () => {
    const trial = completedTrial('perfect', { wordErrorRate: 0 })
    expect(plotTrials([trial], costAxes.size, 'logarithmic')).toMatchObject({
      plotted: [],
      belowScale: [trial]
    })
    expect(plotTrials([trial], costAxes.size, 'linear').belowScale).toEqual([])
  })
})

describe('the suggested scale', () => {
  it.each([
    ['nothing measured', [], 'linear'],
    ['rates close to each other', [0.04, 0.2], 'linear'],
    ['rates far apart', [0.04, 1.04], 'logarithmic'],
    ['a perfect trial, which says nothing about the spread', [0, 0.04], 'linear']
  ] as const)('for %s', (_, rates, scale) => {
    const trials = rates.map((wordErrorRate, i) => completedTrial(String(i), { wordErrorRate }))
    expect(suggestErrorScale(trials)).toBe(scale)
  })
})

describe('the title of the error axis', () => {
  it.each([
    ['texts', [baselineTrial], 'Word error rate (%)'],
    ['labels', [classifierTrial('a'), unmeasuredTrial('b', 'pending')], 'Classification error (%)'],
    ['nothing measured', [], 'Word error rate (%)']
  ])('for %s', (_, trials, title) => {
    expect(errorAxisTitle(trials)).toBe(title)
  })
})
