import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { addOutputs, compareOutputs, mergeParity, noParity, parityOf } from './parity'

const vector = (...values: number[]): Float32Array => Float32Array.from(values)

describe('compareOutputs', () => {
  it('measures the largest difference, also against the reference’s largest magnitude', () => {
    const parity = compareOutputs(vector(1, -4, 2), vector(1, -4.5, 2.25))
    expect(parity.maxAbsoluteError).toBe(0.5)
    expect(parity.maxRelativeError).toBe(0.125)
    expect(parity.finite).toBe(true)
    // dot = 23.5, squares 21 and 26.3125; float64 sums of exact products.
    expect(parity.cosineSimilarity).toBeCloseTo(23.5 / Math.sqrt(21 * 26.3125), 14)
  })

  it.each([
    ['equal', vector(1, 2), vector(1, 2), 1],
    ['parallel', vector(1, 2), vector(3, 6), 1],
    ['orthogonal', vector(1, 0), vector(0, 5), 0],
    ['opposite', vector(1, 2), vector(-1, -2), -1],
    ['two zero', vector(0, 0), vector(0, 0), 1],
    ['a zero and another', vector(0, 0), vector(1, 0), 0]
  ])('gives %s vectors their cosine', (_, reference, candidate, cosine) => {
    // Square roots of sums of squares: one or two units in the last place.
    expect(compareOutputs(reference, candidate).cosineSimilarity).toBeCloseTo(cosine, 15)
  })

  it('keeps the relative error finite where the reference is zero', () => {
    expect(compareOutputs(vector(0, 0), vector(0, 1e-3)).maxRelativeError).toBe(1)
    expect(compareOutputs(vector(0), vector(0)).maxRelativeError).toBe(0)
    expect(compareOutputs(vector(), vector()).maxRelativeError).toBe(0)
  })

  it.each([
    ['NaN in the candidate', vector(1, 2), vector(1.5, NaN)],
    ['infinity in the candidate', vector(1, 2), vector(1.5, -Infinity)],
    ['NaN in the reference', vector(1, NaN), vector(1.5, 2)]
  ])('reports %s and leaves that position out', (_, reference, candidate) => {
    const parity = compareOutputs(reference, candidate)
    expect(parity).toMatchObject({ finite: false, maxAbsoluteError: 0.5, maxRelativeError: 0.5 })
  })

  it('refuses outputs of different lengths', () => {
    expect(() => compareOutputs(vector(1), vector(1, 2))).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})

describe('accumulation over utterances', () => {
  const prng = createPrng(11)
  const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => prng.normal())
  const pairs = [5, 17, 1, 40].map((count) => [draw(count), draw(count)] as const)
  const join = (side: 0 | 1): Float32Array =>
    Float32Array.from(pairs.flatMap((pair) => Array.from(pair[side])))

  it('equals one comparison of everything end to end', () => {
    const sums = pairs.reduce(
      (all, [reference, candidate]) => addOutputs(all, reference, candidate),
      noParity
    )
    expect(sums.comparisons).toBe(4)
    expect(parityOf(sums)).toEqual(compareOutputs(join(0), join(1)))
  })

  it('merges parts in any grouping', () => {
    const parts = pairs.map(([reference, candidate]) => addOutputs(noParity, reference, candidate))
    const whole = parityOf(parts.reduce(mergeParity, noParity))
    const reversed = parityOf(parts.toReversed().reduce(mergeParity, noParity))
    expect(whole.maxAbsoluteError).toBe(reversed.maxAbsoluteError)
    expect(whole.maxRelativeError).toBe(reversed.maxRelativeError)
    // Sums in another order: float64 rounding of 63 terms.
    expect(whole.cosineSimilarity).toBeCloseTo(reversed.cosineSimilarity, 13)
    expect(whole.cosineSimilarity).toBeCloseTo(compareOutputs(join(0), join(1)).cosineSimilarity, 13)
  })

  it('stays not finite once one part was', () => {
    const broken = addOutputs(noParity, vector(1), vector(NaN))
    expect(mergeParity(broken, addOutputs(noParity, vector(1), vector(1))).finite).toBe(false)
    expect(addOutputs(broken, vector(1), vector(1)).finite).toBe(false)
  })
})
