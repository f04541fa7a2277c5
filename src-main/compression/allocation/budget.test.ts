import { describe, expect, it } from 'vitest'
import { pricedLayer } from '../../../tests/helpers/allocation-layers'
import { quantizePerChannel } from '../methods/int8-dynamic'
import { byteCost, fractionBudget, layerBudget, macCost, parameterCost, priceLayers } from './budget'

const shape = { inFeatures: 384, outFeatures: 1536 }

describe('costs', () => {
  it('counts parameters', () => {
    const { dense, ofRank } = parameterCost(shape)
    expect([dense, ofRank(1), ofRank(100)]).toEqual([589_824, 1920, 192_000])
  })

  it('counts float32 bytes', () => {
    const { dense, ofRank } = byteCost(shape, 'float32')
    expect([dense, ofRank(100)]).toEqual([4 * 589_824, 4 * 192_000])
  })

  it('counts int8 bytes with a scale and a zero point per output channel, as the quantizer stores them', () => {
    const storedBytes = (rows: number, columns: number) => {
      const { values, scales } = quantizePerChannel(new Float64Array(rows * columns), rows, columns)
      const zeroPoints = new Int8Array(columns)
      return values.byteLength + scales.byteLength + zeroPoints.byteLength
    }
    const { dense, ofRank } = byteCost({ inFeatures: 6, outFeatures: 10 }, 'int8')
    expect(dense).toBe(storedBytes(6, 10))
    expect(ofRank(3)).toBe(storedBytes(6, 3) + storedBytes(3, 10))
  })

  // `methods/precisions.native.test` holds every format against the bytes that its pass stores.
  it('counts half the bytes in float16, where a factor is large enough to be worth it', () => {
    const { dense, ofRank } = byteCost({ inFeatures: 200, outFeatures: 600 }, 'float16')
    expect([dense, ofRank(10)]).toEqual([2 * 120_000, 2 * 8000])
    expect(ofRank(1)).toBe(4 * 200 + 2 * 600)
  })

  it('counts whole blocks with scale and zero point in the weight-only formats', () => {
    // 384 = 12 blocks of 32: 16 bytes of values, 4 of scale and half of zero point each.
    const four = byteCost(shape, 'int4-weights')
    expect(four.dense).toBe(1536 * 12 * 20.5)
    // Rank 33 fills two blocks of 32 or three of 16; the latter take 24 + 12 + 2 bytes, the former 32 + 8 + 1.
    expect(four.ofRank(33)).toBe(33 * 12 * 20.5 + 1536 * 38)
    expect(four.ofRank(48)).toBe(48 * 12 * 20.5 + 1536 * 38)
    // 384 = 3 blocks of 128: 128 bytes of values and 5 beside them.
    const eight = byteCost(shape, 'int8-weights')
    expect(eight.dense).toBe(1536 * 3 * 133)
    expect(eight.ofRank(64)).toBe(64 * 3 * 133 + 1536 * 69)
  })

  it('adds factors to a weight that stays stored for another layer', () => {
    const kept = { ...shape, keepsDenseWeight: true }
    expect(parameterCost(kept).ofRank(2)).toBe(589_824 + 3840)
    expect(byteCost(kept, 'float32').ofRank(2)).toBe(4 * (589_824 + 3840))
    expect(parameterCost(kept).dense).toBe(589_824)
  })

  it('scales MACs with the pair, whoever stores the weight', () => {
    const rows = 1500
    const { dense, ofRank } = macCost({ ...shape }, rows * 384 * 1536)
    expect([dense, ofRank(64)]).toEqual([884_736_000, 1500 * 64 * (384 + 1536)])
  })
})

describe('priceLayers', () => {
  it('replaces the price and nothing else', () => {
    const layer = pricedLayer('a', [4, 4], [4, 3, 2, 1])
    const [priced] = priceLayers([layer], (given) => byteCost(given, 'float32'))
    expect(priced!.cost.dense).toBe(64)
    expect(priced!.layerIds).toEqual(['a'])
    expect(layer.cost.dense).toBe(16)
  })
})

describe('fractionBudget', () => {
  it('is a fraction of what was there before, of which the remainder is spent already', () => {
    expect(fractionBudget('parameters', 0.5, { before: 50, remainder: 10 })).toEqual({
      unit: 'parameters',
      limit: 25,
      remainder: 10
    })
  })

  it.each([0, -1, 1.01, NaN])('refuses the fraction %d', (fraction) => {
    expect(() => fractionBudget('parameters', fraction, { before: 50, remainder: 0 })).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})

describe('layerBudget', () => {
  it('is what the remainder leaves, and never a whole parameter more', () => {
    const left = layerBudget({ unit: 'parameters', limit: 2_000_000_001, remainder: 1_000_000_000 })
    expect(Math.floor(left)).toBe(1_000_000_001)
    expect(left - 1_000_000_001).toBeLessThan(0.01)
  })

  it('covers all layers at a fraction of 1, however the sums round', () => {
    for (const milliseconds of [0.1, 0.7, 1 / 3]) {
      const layer = { ...pricedLayer('a', [2, 2], [1, 1]), cost: { dense: milliseconds, ofRank: () => 1 } }
      const budget = fractionBudget('milliseconds', 1, { before: 3 * layer.cost.dense + 1e4, remainder: 1e4 })
      expect(layerBudget(budget)).toBeGreaterThanOrEqual(3 * milliseconds)
    }
  })

  it('refuses a remainder that leaves nothing', () => {
    expect(() => layerBudget({ unit: 'bytes', limit: 10, remainder: 10 })).toThrow(
      'What no rank changes already costs 10 bytes, the budget is 10; raise it.'
    )
  })
})
