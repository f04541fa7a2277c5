import type { Gate } from '@contract/gate'
import type { UtteranceRecord } from '@contract/trial'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../base/prng'
import { areGatesDecided, canStop, lookSizes, randomOrder, type StoppingRule } from './stopping'

function record(index: number, edits: number, referenceWords = 4): UtteranceRecord {
  return {
    utteranceId: `utterance ${index}`,
    reference: '',
    hypothesis: '',
    speaker: `speaker ${index % 4}`,
    wordErrors: { substitutions: edits, deletions: 0, insertions: 0, referenceWords },
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: []
  }
}

const records = (count: number, edits: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => record(index, edits(index)))
const rateGate = (atMost: number): Gate => ({ metric: 'error-rate', atMost, reference: 'baseline' })
const increaseGate = (atMost: number): Gate => ({
  metric: 'error-rate-increase',
  atMost,
  reference: 'baseline'
})
const rule = (gates: readonly Gate[], baseline?: readonly UtteranceRecord[]): StoppingRule => ({
  gates,
  references: { baseline, int8: undefined }
})
const options = { seed: 1, bootstrapUnit: 'utterance', looks: 5 } as const

describe('lookSizes', () => {
  it.each([
    [333, [33, 67, 133, 200, 266]],
    [100, [40, 60, 80]],
    [40, [32]],
    [30, []],
    [0, []]
  ])('of %d recordings', (total, sizes) => {
    expect(lookSizes(total)).toEqual(sizes)
  })
})

describe('randomOrder', () => {
  it('keeps every item, the same order for the same seed, another for another', () => {
    const items = Array.from({ length: 50 }, (_, index) => index)
    const order = randomOrder(items, 1)
    expect(order.toSorted((a, b) => a - b)).toEqual(items)
    expect(randomOrder(items, 1)).toEqual(order)
    expect(randomOrder(items, 2)).not.toEqual(order)
  })

  it('mixes short recordings with long ones', () => {
    // Lengths ascending; the mean of a random third lies within 4 standard errors (29 / √33 · √(2/3) = 4.1) of 49.5.
    const order = randomOrder(
      Array.from({ length: 100 }, (_, index) => index),
      1
    )
    const mean = order.slice(0, 33).reduce((sum, length) => sum + length, 0) / 33
    expect(Math.abs(mean - 49.5)).toBeLessThan(16.4)
  })
})

describe('areGatesDecided', () => {
  const some = records(60, (index) => (index % 2 === 0 ? 1 : 0))

  it.each([
    ['a rate far above its bound', rule([rateGate(0.02)]), true],
    ['a rate far below its bound', rule([rateGate(0.5)]), true],
    ['a rate at its bound', rule([rateGate(0.125)]), false],
    ['one decided gate of two', rule([rateGate(0.02), rateGate(0.125)]), false],
    ['an increase without a reference', rule([increaseGate(0.01)]), false],
    [
      'an increase against a reference that lacks a recording',
      rule([increaseGate(0.01)], some.slice(1)),
      false
    ],
    ['an increase against itself, of which nothing differs', rule([increaseGate(0.01)], some), false],
    [
      'a large increase',
      rule(
        [increaseGate(0.01)],
        records(60, () => 0)
      ),
      true
    ],
    [
      'another gate that has nothing to do with errors',
      rule([rateGate(0.02), { metric: 'speedup', atLeast: 2, reference: 'baseline' }]),
      true
    ]
  ])('for %s', (_, stopping, decided) => {
    expect(areGatesDecided(some, stopping, options)).toBe(decided)
  })

  it('does not take a few recordings without errors for proof', () => {
    expect(
      areGatesDecided(
        records(60, () => 0),
        rule([rateGate(0.01)]),
        options
      )
    ).toBe(false)
  })

  it('counts speakers as what carries information, where speakers are drawn', () => {
    // 30 recordings with errors, but of 2 speakers.
    const stopping = rule([rateGate(0.02)])
    expect(areGatesDecided(some, stopping, { ...options, bootstrapUnit: 'speaker' })).toBe(false)
  })

  it('counts a wrong label as one error of one', () => {
    const labels = some.map(({ wordErrors: _, ...rest }, index) => ({
      ...rest,
      labelRank: index % 2 === 0 ? 2 : 1
    }))
    expect(areGatesDecided(labels, rule([rateGate(0.1)]), options)).toBe(true)
    expect(areGatesDecided(labels, rule([rateGate(0.5)]), options)).toBe(false)
  })
})

describe('canStop', () => {
  it.each([
    ['no gates', [], false],
    ['a gate on size', [{ metric: 'size-bytes', atMost: 1, reference: 'baseline' }], false],
    ['a gate on an increase', [increaseGate(0.01)], true]
  ] as [string, Gate[], boolean][])('%s', (_, gates, expected) => {
    expect(canStop({ gates })).toBe(expected)
  })
})

describe('the rate of early decisions where the truth lies on the bound', () => {
  const studies = 100
  const utterances = 200

  /** How many of the studies end early; every one of them has made a false decision. */
  function earlyDecisions(draw: (prng: Prng) => { tier: number; baseline: number }, gate: Gate): number {
    const prng = createPrng(11)
    let decided = 0
    for (let study = 0; study < studies; study++) {
      const drawn = Array.from({ length: utterances }, () => draw(prng))
      const tier = drawn.map((each, index) => record(index, each.tier))
      const baseline = drawn.map((each, index) => record(index, each.baseline))
      const sizes = lookSizes(utterances)
      const isEarly = sizes.some((size) =>
        areGatesDecided(tier.slice(0, size), rule([gate], baseline), {
          ...options,
          seed: study,
          looks: sizes.length
        })
      )
      if (isEarly) decided++
    }
    return decided / studies
  }

  /** Errors of an utterance of four words, each wrong with the given chance. */
  const edits = (prng: Prng, chance: number) =>
    [0, 0, 0, 0].reduce<number>((sum) => sum + (prng.uniform() < chance ? 1 : 0), 0)

  // 5 % is meant; with 100 studies the standard error of such a share is 2.2 %, of which two are allowed for.
  const most = 0.05 + 2 * 0.022

  it.each([
    ['error rate 9 %', rateGate(0.09), (prng: Prng) => ({ tier: edits(prng, 0.09), baseline: 0 })],
    [
      'error rate 9 % in utterances of unequal difficulty',
      rateGate(0.09),
      (prng: Prng) => ({ tier: edits(prng, prng.uniform() < 0.2 ? 0.45 : 0), baseline: 0 })
    ],
    [
      'increase of half a point where both have errors of their own',
      increaseGate(0.005),
      (prng: Prng) => ({ baseline: edits(prng, 0.06), tier: edits(prng, 0.065) })
    ]
  ])('stays below 5 %% for an %s', { timeout: 30_000 }, (_, gate, draw) => {
    expect(earlyDecisions(draw, gate)).toBeLessThanOrEqual(most)
  })
})
