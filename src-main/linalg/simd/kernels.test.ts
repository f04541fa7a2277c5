import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { reserve } from './kernels'

const epsilon = Number.EPSILON

describe('rankTwoUpdate', () => {
  it.each([2, 6, 20])('updates a lower triangle of %i rows and multiplies by it', (n) => {
    const prng = createPrng(n)
    const { kernels, arrays } = reserve([n * n, n, n, n, n])
    const [a, v, w, x, p] = arrays as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
    for (const array of arrays) for (let i = 0; i < array.length; i++) array[i] = prng.normal()
    const updated = (i: number, j: number) =>
      before[i * n + j]! - vectors[0]![i]! * vectors[1]![j]! - vectors[1]![i]! * vectors[0]![j]!
    const before = a.slice()
    const vectors = [v, w, x, p].map((vector) => vector.slice())
    kernels.rankTwoUpdate(
      ...([a.byteOffset, 8 * n, 0, 8 * n, v.byteOffset, w.byteOffset, x.byteOffset, p.byteOffset] as const)
    )
    for (let i = 0; i < n; i++) {
      let sum = vectors[3]![i]!
      for (let j = 0; j < n; j++) {
        const entry = updated(Math.max(i, j), Math.min(i, j))
        sum += entry * vectors[2]![j]!
        // Two products of normal numbers, rounded once or twice.
        if (j <= i) expect(Math.abs(a[i * n + j]! - entry)).toBeLessThan(64 * epsilon)
      }
      expect(Math.abs(p[i]! - sum)).toBeLessThan(64 * n * epsilon)
    }
    expect([v, w, x]).toEqual(vectors.slice(0, 3))
  })
})

describe('secularSums', () => {
  it('adds up terms and their slopes in two lanes', () => {
    const { kernels, arrays } = reserve([4, 4, 4])
    const [z, distances, sums] = arrays as [Float64Array, Float64Array, Float64Array]
    z.set([1, 2, 3, 4])
    distances.set([-1, 1, 3, 5])
    kernels.secularSums(z.byteOffset, distances.byteOffset, z.byteOffset + z.byteLength, 0.5, sums.byteOffset)
    const ratios = [1 / -1.5, 2 / 0.5, 3 / 2.5, 4 / 4.5]
    const expected = [
      ratios[0]! + 3 * ratios[2]!,
      2 * ratios[1]! + 4 * ratios[3]!,
      ratios[0]! ** 2 + ratios[2]! ** 2,
      ratios[1]! ** 2 + ratios[3]! ** 2
    ]
    // A handful of operations on numbers below 20.
    sums.forEach((sum, lane) => expect(Math.abs(sum - expected[lane]!)).toBeLessThan(64 * epsilon))
  })

  it('sees a memory that has grown', () => {
    const { arrays } = reserve([3, 200_000])
    expect(arrays.map(({ length, byteOffset }) => [length, byteOffset])).toEqual([
      [3, 0],
      [200_000, 32]
    ])
  })
})
