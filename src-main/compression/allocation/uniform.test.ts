import { describe, expect, it } from 'vitest'
import { linearLayer } from '../../../tests/helpers/linear-models'
import { retainedParameterFraction } from '../plan'
import { breakEvenRank, factorParameterCount } from './break-even'
import { allocateUniform } from './uniform'

/** The encoder layers of whisper-tiny, one block of them. */
const whisperBlock = [
  ...Array.from({ length: 4 }, () => [384, 384] as const),
  [384, 1536] as const,
  [1536, 384] as const
].map(([inFeatures, outFeatures], index) => linearLayer({ weightName: `w${index}`, inFeatures, outFeatures }))

function ranksOf(
  retained: number,
  rankMultiple = 1,
  layers: Parameters<typeof allocateUniform>[0] = whisperBlock
) {
  return allocateUniform(layers, { retainedParameterFraction: retained, rankMultiple })
}

describe('allocateUniform', () => {
  // Computed in Python for ../shared/real/README.md, "Figures to reproduce".
  it.each([
    [0.9, 0.8976, [172, 276]],
    [0.8, 0.7973, [153, 245]],
    [0.65, 0.6471, [124, 199]],
    [0.5, 0.4987, [96, 153]],
    [0.4, 0.3967, [76, 122]],
    [0.3, 0.2986, [57, 92]]
  ])('keeps of a target of %d the fraction %d in whisper-tiny', (target, retained, [square, wide]) => {
    const ranks = ranksOf(target)
    expect(ranks).toEqual([square, square, square, square, wide, wide])
    const plan = whisperBlock.map((layer, index) => ({ layer, rank: ranks[index] }))
    expect(retainedParameterFraction(plan).toFixed(4)).toBe(String(retained))
  })

  it('gives the largest rank that keeps no more than the target, for every shape', () => {
    for (const [inFeatures, outFeatures] of [
      [384, 384],
      [80, 512],
      [7, 1000],
      [33, 31]
    ] as const) {
      for (const target of [0.05, 0.2, 0.5, 0.77, 0.95]) {
        const [rank] = ranksOf(target, 1, [{ inFeatures, outFeatures }])
        const kept = (r: number) =>
          factorParameterCount(inFeatures, outFeatures, r) / (inFeatures * outFeatures)
        // One rank is the least there is.
        if (rank! > 1) expect(kept(rank!)).toBeLessThanOrEqual(target)
        expect(kept(rank! + 1)).toBeGreaterThan(target)
      }
    }
  })

  it('does not lose a rank to the rounding of a product', () => {
    // 0.29 · 200 · 200 ÷ 400 comes out as 28.999999999999996.
    expect(ranksOf(0.29, 1, [{ inFeatures: 200, outFeatures: 200 }])).toEqual([29])
    expect(ranksOf(0.58, 4, [{ inFeatures: 400, outFeatures: 400 }])).toEqual([116])
  })

  it('rounds down to the multiple, but not below it', () => {
    expect(ranksOf(0.5, 16)).toEqual([96, 96, 96, 96, 144, 144])
    expect(ranksOf(0.02, 16)).toEqual([16, 16, 16, 16, 16, 16])
    expect(ranksOf(0.001)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('leaves a layer dense where the pair would not be smaller', () => {
    // Break-even of [4, 4] is rank 1: 8 < 16; a multiple of 2 would give 16 parameters for 16.
    expect(ranksOf(0.99, 1, [{ inFeatures: 4, outFeatures: 4 }])).toEqual([1])
    expect(ranksOf(0.5, 2, [{ inFeatures: 4, outFeatures: 4 }])).toEqual([undefined])
    expect(ranksOf(0.5, 1, [{ inFeatures: 1, outFeatures: 9 }])).toEqual([undefined])
  })

  it('leaves everything dense when everything is to be kept', () => {
    expect(ranksOf(1)).toEqual(new Array(6).fill(undefined))
  })

  it.each([0, -0.1, 1.01, NaN, Infinity])('refuses the fraction %d', (retained) => {
    expect(() => ranksOf(retained)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  it.each([0, -1, 1.5, NaN])('refuses the multiple %d', (rankMultiple) => {
    expect(() => ranksOf(0.5, rankMultiple)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})

describe('breakEvenRank', () => {
  it('is the largest rank whose pair holds fewer parameters than the matrix', () => {
    for (let rows = 1; rows <= 24; rows++) {
      for (let columns = 1; columns <= 24; columns++) {
        const rank = breakEvenRank(rows, columns)
        expect(factorParameterCount(rows, columns, rank)).toBeLessThan(rows * columns)
        expect(factorParameterCount(rows, columns, rank + 1)).toBeGreaterThanOrEqual(rows * columns)
      }
    }
  })
})
