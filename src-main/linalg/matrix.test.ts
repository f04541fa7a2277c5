import { describe, expect, it } from 'vitest'
import { fromRows } from '../../tests/helpers/dense-matrices'
import { columnSlice, frobeniusNorm, identity, matrix, transpose } from './matrix'

const a = fromRows([
  [1, 2, 3],
  [4, 5, 6]
])

describe('matrix', () => {
  it('is zero when no data are given', () => {
    expect([...matrix(2, 2).data]).toEqual([0, 0, 0, 0])
  })

  it('does not copy its data', () => {
    const data = new Float64Array(6)
    expect(matrix(2, 3, data).data).toBe(data)
  })

  it('refuses data of another size', () => {
    expect(() => matrix(2, 2, new Float64Array(3))).toThrow(
      expect.objectContaining({ code: 'internal', message: 'A 2 x 2 matrix needs 4 values, got 3.' })
    )
  })
})

describe('operations on a matrix', () => {
  it('transpose exchanges rows and columns', () => {
    expect(transpose(a)).toEqual(
      fromRows([
        [1, 4],
        [2, 5],
        [3, 6]
      ])
    )
  })

  it('identity has ones on the diagonal only', () => {
    expect([...identity(3).data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1])
  })

  it('frobeniusNorm is the root of the sum of squares', () => {
    expect(frobeniusNorm(fromRows([[3, 0, 4]]))).toBe(5)
  })

  it('columnSlice takes the half-open range and leaves the original alone', () => {
    const slice = columnSlice(a, 1, 3)
    expect(slice).toEqual(
      fromRows([
        [2, 3],
        [5, 6]
      ])
    )
    slice.data[0] = 9
    expect(a.data[1]).toBe(2)
    expect(columnSlice(a, 1, 1).columns).toBe(0)
  })
})
