import { describe, expect, it } from 'vitest'
import { completedTrial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { results } from '../text/en/results'
import { tradeOff } from '../text/en/trade-off'
import { studyConditions } from './study-conditions'
import { trialObstacle, trialRemark } from './trial-remark'

const trial = completedTrial('a')
const conditionsOf = (trials: Parameters<typeof studyConditions>[0]) =>
  Object.fromEntries(studyConditions(trials, results.conditions).map(({ term, values }) => [term, values]))

describe('the conditions of a study', () => {
  it('are said once when all trials share them', () => {
    expect(conditionsOf([trial, completedTrial('b'), unmeasuredTrial('c', 'pending')])).toEqual({
      Processor: ['Test CPU'],
      Threads: ['1'],
      Runtime: ['onnxruntime 1.30.0'],
      System: ['linux x64, Node 24.0.0'],
      'Evaluated on': ['64 utterances, 8.0 min'],
      Speakers: ['8'],
      'Reference words': ['1000'],
      'Warm-up': ['3 utterances'],
      'Text normalizer': ['none'],
      Lathe: ['0.1.0']
    })
  })

  it('have every value when trials were measured differently', () => {
    const other = completedTrial('b', {
      conditions: { ...trial.conditions!, processor: 'Other CPU', threads: 4, execution: 'cpu, all' }
    })
    expect(conditionsOf([trial, other, trial])).toMatchObject({
      Processor: ['Test CPU', 'Other CPU'],
      Threads: ['1', '4'],
      Runtime: ['onnxruntime 1.30.0', 'onnxruntime 1.30.0, cpu, all']
    })
  })

  it('are none when nothing was measured', () => {
    expect(studyConditions([unmeasuredTrial('a', 'pending')], results.conditions)).toEqual([])
  })
})

describe('what is said about a trial', () => {
  it.each([
    ['nothing special', {}, ''],
    ['beaten by int8', { dominatedByInt8: true }, 'int8 alone is better'],
    [
      'an early end and lost recordings',
      { utterances: 40, stoppedBefore: 100, unreadable: [{ utteranceId: 'a', reason: 'It is gone.' }] },
      '1 not readable, stopped after 40 of 100'
    ],
    ['broken texts', { failures: { empty: 3, truncated: 0, repeated: 1 } }, '3 empty, 1 repeated']
  ])('%s', (_, changes, remark) => {
    expect(trialRemark(completedTrial('a', changes), tradeOff.chart.remarks)).toBe(remark)
  })

  it('is its error, or its state when it has none', () => {
    expect(trialObstacle(unmeasuredTrial('a', 'failed'), tradeOff.states)).toBe(
      'failed: It broke. [numerical]'
    )
    expect(trialObstacle(unmeasuredTrial('a', 'pending'), tradeOff.states)).toBe('pending')
  })
})
