import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { SecularRoots } from './secular-equation'

const epsilon = Number.EPSILON

describe('secularRoot', () => {
  it('finds the single root d + ρ z²', () => {
    const distances = new Float64Array(1)
    const equation = { d: new Float64Array([2]), z: new Float64Array([0.5]), rho: 4 }
    expect(new SecularRoots(equation).root(0, distances)).toBeCloseTo(3, 14)
    expect(distances[0]).toBeCloseTo(-1, 14)
  })

  it('finds both eigenvalues of a 2 x 2 matrix', () => {
    // diag(0, 1) + 2 (1, 1)ᵀ(1, 1)/2 = [[1, 1], [1, 2]], whose eigenvalues are (3 ± √5) / 2.
    const equation = { d: new Float64Array([0, 1]), z: new Float64Array(2).fill(Math.SQRT1_2), rho: 2 }
    const roots = [0, 1].map((k) => new SecularRoots(equation).root(k, new Float64Array(2)))
    expect(Math.abs(roots[0]! - (3 - Math.sqrt(5)) / 2)).toBeLessThan(4 * epsilon)
    expect(Math.abs(roots[1]! - (3 + Math.sqrt(5)) / 2)).toBeLessThan(8 * epsilon)
  })

  it('interlaces with the poles and keeps the distances consistent, tiny weights and gaps included', () => {
    const prng = createPrng(3)
    for (let attempt = 0; attempt < 50; attempt++) {
      const size = 2 + prng.integer(30)
      let pole = -1
      const d = Float64Array.from({ length: size }, () => (pole += 10 ** (-12 * prng.uniform())))
      const z = Float64Array.from({ length: size }, () => prng.normal() * 10 ** (-8 * prng.uniform()))
      const equation = { d, z, rho: 0.1 + prng.uniform() }
      for (let k = 0; k < size; k++) {
        const distances = new Float64Array(size)
        const root = new SecularRoots(equation).root(k, distances)
        // Signs of the distances say between which poles the root lies, even where the root itself rounds onto one.
        distances.forEach((distance, i) => expect(Math.sign(distance)).toBe(i <= k ? -1 : 1))
        const scale = Math.max(Math.abs(root), 1)
        distances.forEach((distance, i) => {
          expect(Math.abs(d[i]! - root - distance)).toBeLessThan(8 * epsilon * scale * size)
        })
      }
    }
  })

  it('reports a root that cannot be found', () => {
    const equation = { d: new Float64Array([0, 1]), z: new Float64Array([1, NaN]), rho: 1 }
    expect(() => new SecularRoots(equation).root(0, new Float64Array(2))).toThrow(
      expect.objectContaining({ code: 'numerical' })
    )
  })
})
