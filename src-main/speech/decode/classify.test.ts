import { describe, expect, it } from 'vitest'
import { classProbabilities, topLabels } from './classify'

describe('classProbabilities', () => {
  it('is the softmax of logits', () => {
    const probabilities = classProbabilities(Float32Array.of(0, Math.log(2), Math.log(5)), 'logits')
    // The logarithms were rounded to float32.
    ;[1 / 8, 2 / 8, 5 / 8].forEach((expected, id) =>
      expect(Math.abs(probabilities[id]! - expected)).toBeLessThan(1e-7)
    )
  })

  it('does not overflow', () => {
    expect(classProbabilities(Float32Array.of(1e38, 1e38, -1e38), 'logits')).toEqual(
      Float64Array.of(0.5, 0.5, 0)
    )
  })

  it('hands probabilities on', () => {
    expect(classProbabilities(Float32Array.of(0.25, 0.75), 'probabilities')).toEqual(
      Float64Array.of(0.25, 0.75)
    )
  })

  it.each([NaN, Infinity])('refuses %s, naming the class', (value) => {
    expect(() => classProbabilities(Float32Array.of(0, value), 'logits')).toThrow(
      expect.objectContaining({
        code: 'numerical',
        message: `The classifier gave ${value} for class 1, expected finite numbers.`
      }) as Error
    )
  })
})

describe('topLabels', () => {
  it('gives the best first and a tie to the lower class', () => {
    expect(topLabels(Float64Array.of(0.2, 0.3, 0.3, 0.2), ['a', 'b', 'c', 'd'], 3)).toEqual([
      { label: 'b', probability: 0.3 },
      { label: 'c', probability: 0.3 },
      { label: 'a', probability: 0.2 }
    ])
  })

  it('refuses another number of labels', () => {
    expect(() => topLabels(Float64Array.of(1), ['a', 'b'], 1)).toThrow(
      '2 labels need as many probabilities, got 1.'
    )
  })
})
