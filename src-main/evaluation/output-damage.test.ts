import { describe, expect, it } from 'vitest'
import { addDamage, meanDamage, noDamage } from './output-damage'

const [a, b] = [Float32Array.of(1, 2, 3, 0.5, -1, 4), Float32Array.of(1.5, 2, 2, -40, 0, 4)]
/** scipy.stats.entropy(softmax(a, axis=1), softmax(b, axis=1), axis=1) of these as two frames, SciPy 1.17. */
const divergences = [0.1706397927, 1.1548137617] as const

describe('addDamage', () => {
  it('gives the KL divergence per frame', () => {
    const sum = addDamage(noDamage, 'kl-divergence', { reference: a, candidate: b, classes: 3 })
    expect(sum.count).toBe(2)
    // Ten decimals of the oracle are written down.
    expect(meanDamage(sum)).toBeCloseTo((divergences[0] + divergences[1]) / 2, 9)
  })

  it('does not see what softmax does not see, and survives large logits', () => {
    const reference = Float32Array.of(1000, 1001, -1000)
    const candidate = Float32Array.of(0, 1, -2000)
    // Logits of a thousand round to 1e-13.
    expect(
      meanDamage(addDamage(noDamage, 'kl-divergence', { reference, candidate, classes: 3 }))
    ).toBeCloseTo(0, 12)
  })

  it('gives the mean squared error over values', () => {
    const pair = { reference: Float32Array.of(1, 2), candidate: Float32Array.of(2, 4), classes: 1 }
    const once = addDamage(noDamage, 'output-mean-squared-error', pair)
    expect(
      meanDamage(addDamage(once, 'output-mean-squared-error', { ...pair, candidate: pair.reference }))
    ).toBe(1.25)
  })

  it('is nothing before anything was compared', () => {
    expect(meanDamage(noDamage)).toBe(0)
  })

  it.each(['kl-divergence', 'output-mean-squared-error'] as const)(
    'refuses what is not finite: %s',
    (measure) => {
      const pair = { reference: Float32Array.of(1, 2), candidate: Float32Array.of(NaN, 4), classes: 2 }
      expect(() => addDamage(noDamage, measure, pair)).toThrow(expect.objectContaining({ code: 'numerical' }))
    }
  )

  it('refuses outputs of different sizes', () => {
    const pair = { reference: Float32Array.of(1, 2), candidate: Float32Array.of(1), classes: 1 }
    expect(() => addDamage(noDamage, 'kl-divergence', pair)).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
