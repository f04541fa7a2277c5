import { describe, expect, it } from 'vitest'
import { qualityOf } from './quality'

describe('qualityOf', () => {
  it('reads the word error rate of texts', () => {
    const measured = { wordErrorRate: 0.1, wordErrorRateInterval: { lower: 0.08, upper: 0.13 } }
    expect(qualityOf(measured)).toEqual({ kind: 'word-error-rate', errorRate: 0.1, lower: 0.08, upper: 0.13 })
  })

  it('turns the accuracy of labels and its interval round', () => {
    const quality = qualityOf({ accuracy: 0.9, accuracyInterval: { lower: 0.85, upper: 0.97 } })
    expect(quality?.kind).toBe('classification-error')
    expect(quality?.errorRate).toBeCloseTo(0.1, 12)
    expect(quality?.lower).toBeCloseTo(0.03, 12)
    expect(quality?.upper).toBeCloseTo(0.15, 12)
  })

  it('knows nothing while nothing was measured', () => {
    expect(qualityOf({})).toBeUndefined()
  })
})
