import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { add, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { transpose, type Matrix } from './matrix'
import { addRowProducts } from './row-products'

const whole = (a: Matrix) => ({ data: a.data, offset: 0, stride: a.columns })

describe('addRowProducts', () => {
  // Sizes on both sides of the tile (2 x 4) and of the blocks (64 rows, 256 inner).
  it.each([
    [1, 1, 1],
    [2, 4, 3],
    [3, 7, 5],
    [5, 66, 9],
    [2, 3, 257],
    [67, 130, 515]
  ])('adds a factor times A Bᵀ for %i x %i over %i', (rows, columns, inner) => {
    const prng = createPrng(rows + columns + inner)
    const a = randomMatrix(rows, inner, prng)
    const b = randomMatrix(columns, inner, prng)
    const c = randomMatrix(rows, columns, prng)
    const expected = add(c, multiply(a, transpose(b)), -2)
    addRowProducts(whole(c), whole(a), whole(b), { rows, columns, inner, factor: -2 })
    // Two orders of summation of `inner` products of normal numbers differ by about ε · inner.
    expect(largestDifference(c.data, expected.data)).toBeLessThan(Number.EPSILON * (16 * inner + 64))
  })

  it('changes nothing outside its window', () => {
    const prng = createPrng(4)
    const [a, b, c] = [randomMatrix(6, 6, prng), randomMatrix(6, 6, prng), randomMatrix(6, 6, prng)]
    const before = c.data.slice()
    const inner = { rows: 3, columns: 2, inner: 4, factor: 1 }
    const window = (m: Matrix) => ({ data: m.data, offset: 8, stride: 6 })
    addRowProducts(window(c), window(a), window(b), inner)
    const changed = [...c.data.keys()].filter((i) => c.data[i] !== before[i])
    expect(changed).toEqual([8, 9, 14, 15, 20, 21])
  })
})
