import { describe, expect, it } from 'vitest'
import {
  largestDifference,
  multiply,
  orthonormalityError,
  randomMatrix
} from '../../tests/helpers/dense-matrices'
import { createPrng } from '../base/prng'
import { matrix, transpose, type Matrix } from './matrix'
import { scalarProducts } from './products'
import { orthonormalColumns } from './qr'
import { separateSmall } from './separate-small'

const epsilon = Number.EPSILON
const size = 20
const q = orthonormalColumns(randomMatrix(30, size, createPrng(1)))
const v = transpose(orthonormalColumns(randomMatrix(size, size, createPrng(2))))

/** Q · D with the columns [from, size) turned among themselves, as eigenvectors of a Gram matrix leave them, and Zᵀ · V. */
function disordered(values: readonly number[], from: number): { b: Matrix; rows: Matrix } {
  const turn = matrix(size, size)
  for (let i = 0; i < from; i++) turn.data[i * size + i] = 1
  const small = orthonormalColumns(randomMatrix(size - from, size - from, createPrng(3)))
  for (let i = from; i < size; i++) {
    turn.data.set(
      small.data.subarray((i - from) * small.columns, (i - from + 1) * small.columns),
      i * size + from
    )
  }
  const scaled = matrix(
    30,
    size,
    q.data.map((value, at) => value * values[at % size]!)
  )
  return { b: multiply(scaled, turn), rows: multiply(transpose(turn), v) }
}

describe('separateSmall', () => {
  // 1 to 1e-9.5 by halves of a decade; the first seven are above the limit.
  const values = Array.from({ length: size }, (_, k) => 10 ** (-k / 2))

  it('finds values far below the largest among columns that are mixed', async () => {
    const { b, rows } = disordered(values, 7)
    const { left, right, singularValues } = await separateSmall(b, rows, scalarProducts)
    singularValues.forEach((value, k) => {
      // The rounding of B is relative to its column, since small columns were mixed with small ones: 1e-3 at most.
      expect(Math.abs(value - values[k]!)).toBeLessThan(1e-10 * values[k]! + 40 * epsilon * 1e-3)
    })
    expect(orthonormalityError(transpose(right))).toBeLessThan(8 * size * epsilon)
    // A itself does not change.
    expect(largestDifference(multiply(left, right).data, multiply(b, rows).data)).toBeLessThan(40 * epsilon)
  })

  it('leaves its operands alone, and hands them back where nothing is small', async () => {
    const { b, rows } = disordered(values, 7)
    const before = [b.data.slice(), rows.data.slice()]
    await separateSmall(b, rows, scalarProducts)
    expect([b.data, rows.data]).toEqual(before)
    const { left, right } = await separateSmall(q, v, scalarProducts)
    expect([left, right]).toEqual([q, v])
  })

  it('leaves columns of rounding as they are', async () => {
    const { b, rows } = disordered(
      values.map((value, k) => (k < 7 ? value : 1e-17 * value)),
      7
    )
    expect((await separateSmall(b, rows, scalarProducts)).left).toEqual(b)
  })
})
