import { describe, expect, it } from 'vitest'
import { largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { createPrng } from '../base/prng'
import { matrix, transpose, type Matrix } from './matrix'
import { solveSemidefinite } from './semidefinite-solve'

/** XᵀX of `rows` random rows. */
function gram(rows: number, size: number, seed: number): Matrix {
  const x = randomMatrix(rows, size, createPrng(seed))
  return multiply(transpose(x), x)
}

describe('solveSemidefinite', () => {
  it.each([
    [1, 1],
    [5, 3],
    [32, 2],
    [33, 7],
    [100, 40]
  ])('solves a definite system of %i unknowns with %i right sides', (size, sides) => {
    const a = gram(4 * size, size, 1)
    const b = randomMatrix(size, sides, createPrng(2))
    const before = [a.data.slice(), b.data.slice()]
    const x = solveSemidefinite(a, b)
    // The loading, 1e-12 of the trace, times X, whose entries are below 1 here; rounding is smaller.
    const trace = Array.from({ length: size }, (_, i) => a.data[i * size + i]!).reduce((sum, v) => sum + v, 0)
    expect(largestDifference(multiply(a, x).data, b.data)).toBeLessThan(2e-12 * trace + 1e-12)
    expect([a.data, b.data]).toEqual(before)
  })

  it('gives the shortest solution of a singular system that has one', () => {
    const a = gram(4, 10, 3)
    const known = multiply(a, randomMatrix(10, 2, createPrng(4)))
    const b = multiply(a, known)
    const x = solveSemidefinite(a, b)
    const trace = Array.from({ length: 10 }, (_, i) => a.data[i * 11]!).reduce((sum, v) => sum + v, 0)
    // Where A has nothing, rounding of the right side is divided by the loading; ten roundings at most.
    const atol = (10 * Number.EPSILON * Math.max(...b.data.map(Math.abs))) / (1e-12 * trace)
    expect(largestDifference(x.data, known.data)).toBeLessThan(atol)
    // That is small beside what a solver without loading would make of it.
    expect(atol).toBeLessThan(1e-2 * Math.max(...known.data.map(Math.abs)))
  })

  it('gives zeros for a matrix of zeros', () => {
    expect(solveSemidefinite(matrix(3, 3), matrix(3, 2, new Float64Array(6).fill(1)))).toEqual(matrix(3, 2))
  })

  it('refuses an indefinite matrix and sizes that do not fit', () => {
    const indefinite = matrix(2, 2, Float64Array.of(1, 2, 2, 1))
    expect(() => solveSemidefinite(indefinite, matrix(2, 1))).toThrow(
      expect.objectContaining({ code: 'numerical' })
    )
    expect(() => solveSemidefinite(matrix(2, 2), matrix(3, 1))).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})
