import { describe, expect, it } from 'vitest'
import type { Gate, GateVerdict } from '@contract/gate'
import type { StudyReport, TrialReport } from '@contract/trial'
import { baselineTrial, completedTrial } from '../../../tests/helpers/trial-reports'
import { failsGates, gateSummary } from './gate-summary'

const gate: Gate = { metric: 'speedup', atLeast: 2, reference: 'baseline' }
const judged = (name: string, verdict: GateVerdict['verdict'], value: number): TrialReport =>
  completedTrial(name, { gates: [{ gate, verdict, value, interval: null }] })

function report(...trials: TrialReport[]): StudyReport {
  return {
    study: {
      studyId: 's',
      name: 'study',
      modelHash: 'm',
      calibrationHash: 'c',
      evaluationHash: 'e',
      developmentHash: null,
      selectedOn: 'evaluation'
    },
    trials: [baselineTrial, ...trials]
  }
}

describe('gateSummary', () => {
  it('shows what each tier reached and the smallest that passes', () => {
    const lines = gateSummary(report(judged('fast', 'passed', 2.5), judged('slow', 'failed', 1.5)))
    expect(lines.join('\n').split('\n')).toEqual([
      'Gates, decided on the evaluation set',
      'tier  speedup over baseline at least 2.00x  all',
      '-'.repeat(47),
      'fast  passed: 2.50x                         passed',
      'slow  failed: 1.50x                         not passed',
      'Smallest tier that passes all gates: fast'
    ])
  })

  it('says so when none passes', () => {
    expect(gateSummary(report(judged('open', 'undecided', 2))).at(-1)).toBe(
      'No tier passes all gates; undecided counts as not passed.'
    )
  })

  it('is nothing without gates', () => {
    expect(gateSummary(report(completedTrial('a')))).toEqual([])
  })
})

describe('failsGates', () => {
  it.each([
    ['a tier passes', [judged('a', 'passed', 2), judged('b', 'failed', 1)], false],
    ['none passes', [judged('b', 'failed', 1)], true],
    ['all are undecided', [judged('b', 'undecided', 2)], true],
    ['there are no gates', [completedTrial('a')], false]
  ])('when %s', (_, trials, expected) => {
    expect(failsGates([baselineTrial, ...trials])).toBe(expected)
  })
})
