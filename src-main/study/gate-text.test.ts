import { describe, expect, it } from 'vitest'
import type { GateVerdict } from '@contract/gate'
import { describeGate, formatGateFigure, formatPoints } from './gate-text'
import { resolveGates } from './gates'

describe('formatPoints', () => {
  it.each([
    [0.005, '+0.50 pt'],
    [-0.0123, '-1.23 pt'],
    [0.00004, '0.00 pt'],
    [-0.00004, '0.00 pt']
  ])('%d', (difference, text) => {
    expect(formatPoints(difference)).toBe(text)
  })
})

describe('describeGate', () => {
  it('names figure, reference and bound', () => {
    expect(resolveGates([{ preset: 'olive-streaming' }]).map(describeGate)).toEqual([
      'error rate at most 9.00 %',
      'error rate increase over baseline at most +1.00 pt',
      'speedup over baseline at least 2.00x',
      'size at most 2.00 GB'
    ])
  })
})

describe('formatGateFigure', () => {
  const [, increase, speedup] = resolveGates([{ preset: 'olive-streaming' }])

  it.each<[string, GateVerdict]>([
    [
      '+0.42 pt (+0.10 pt to +0.73 pt)',
      {
        gate: increase!,
        value: 0.0042,
        interval: { lower: 0.001, upper: 0.0073 },
        verdict: 'passed'
      }
    ],
    ['1.31x', { gate: speedup!, value: 1.314, interval: null, verdict: 'failed' }],
    ['not measured', { gate: speedup!, value: null, interval: null, verdict: 'undecided' }]
  ])('%s', (text, verdict) => {
    expect(formatGateFigure(verdict)).toBe(text)
  })
})
