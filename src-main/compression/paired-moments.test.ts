import { describe, expect, it } from 'vitest'
import { add, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { pairedMomentsOf } from '../../tests/helpers/layer-moments'
import { createPrng } from '../base/prng'
import { frobeniusNorm, matrix, transpose, type Matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { solveSemidefinite } from '../linalg/semidefinite-solve'
import { fitObjective, PairedMomentAccumulator } from './paired-moments'

const products = {
  ...scalarProducts,
  gram: async (rows: Float32Array, columns: number) => {
    const x = matrix(rows.length / columns, columns, Float64Array.from(rows))
    return multiply(transpose(x), x)
  }
}

/** A seeded matrix of values that float32 holds. */
function floats(rows: number, columns: number, seed: number): Matrix {
  const { data } = randomMatrix(rows, columns, createPrng(seed))
  return matrix(rows, columns, Float64Array.from(Float32Array.from(data)))
}

describe('PairedMomentAccumulator', () => {
  it('sums over pieces what the rows give at once', async () => {
    const compressed = floats(23, 4, 1)
    const original = add(compressed, floats(23, 4, 2), 0.25)
    const accumulator = new PairedMomentAccumulator(4, products)
    const rows = (values: Matrix, from: number, to: number) =>
      Float32Array.from(values.data.subarray(4 * from, 4 * to))
    const exact = matrix(23, 4, Float64Array.from(Float32Array.from(original.data)))
    for (const [from, to] of [
      [0, 1],
      [1, 9],
      [9, 23]
    ] as const) {
      await accumulator.add(rows(compressed, from, to), rows(original, from, to))
    }
    const sums = await accumulator.finish()
    const expected = pairedMomentsOf(compressed, exact)
    // Another order of 23 float64 additions of magnitude below 30.
    expect(sums.inputs.rowCount).toBe(23)
    expect(largestDifference(sums.inputs.sum.data, expected.inputs.sum.data)).toBeLessThan(1e-12)
    expect(largestDifference(sums.drift!.product.data, expected.drift!.product.data)).toBeLessThan(1e-12)
    expect(largestDifference(sums.drift!.rowSum, expected.drift!.rowSum)).toBeLessThan(1e-12)
  })

  it('keeps a difference that X′ᵀX − X′ᵀX′ would lose', async () => {
    const accumulator = new PairedMomentAccumulator(1, products)
    const large = 2 ** 23
    await accumulator.add(Float32Array.of(large, -large), Float32Array.of(large + 1, -large + 1))
    const { drift } = await accumulator.finish()
    expect([...drift!.product.data, ...drift!.rowSum]).toEqual([0, 2])
  })

  it.each([
    ['the compressed model', [NaN, 1], [1, 1]],
    ['the original', [1, 1], [1, Infinity]]
  ])('refuses values of %s that are not finite', async (_, compressed, original) => {
    const accumulator = new PairedMomentAccumulator(2, products)
    const work = async () => {
      await accumulator.add(Float32Array.from(compressed), Float32Array.from(original))
      await accumulator.finish()
    }
    await expect(work()).rejects.toMatchObject({ code: 'numerical' })
  })

  it('refuses rows that do not belong together', async () => {
    const accumulator = new PairedMomentAccumulator(2, products)
    await expect(accumulator.add(new Float32Array(4), new Float32Array(2))).rejects.toMatchObject({
      code: 'internal',
      message: 'The compressed model gives 4 values where the original gives 2.'
    })
  })
})

describe('fitObjective', () => {
  const [n, features, outputs] = [60, 5, 3]
  const weight = randomMatrix(features, outputs, createPrng(3))
  const compressed = randomMatrix(n, features, createPrng(4))
  for (let i = 0; i < compressed.data.length; i++) compressed.data[i]! += (i % features) - 1
  const original = add(compressed, randomMatrix(n, features, createPrng(5)), 0.5)
  const moments = pairedMomentsOf(compressed, original)

  function centred(rows: Matrix): Matrix {
    const means = multiply(matrix(1, rows.rows, new Float64Array(rows.rows).fill(1 / rows.rows)), rows).data
    return matrix(
      rows.rows,
      rows.columns,
      rows.data.map((value, i) => value - means[i % rows.columns]!)
    )
  }

  it.each([false, true])(
    'gives the best matrix of any rank, loading included (centred: %s)',
    async (isCentred) => {
      const options = { moments, damping: 0.01, products: scalarProducts }
      const { target, moment } = await fitObjective(weight, options, isCentred)
      const [x, y] = isCentred ? [centred(compressed), centred(original)] : [compressed, original]
      const trace = [0, 1, 2, 3, 4].reduce((sum, i) => sum + moment.data[i * features + i]!, 0)
      // The damping is in the moment already: mean(diag C′_δ) = 1.01 · mean(diag C′).
      const loading = (trace / features) * (0.01 / 1.01 + (4 * features) / n)
      const loss = (candidate: Matrix) => {
        const outputsLost = add(multiply(y, weight), multiply(x, candidate), -1)
        const weightLost = add(weight, candidate, -1)
        const squares = (values: Matrix) => values.data.reduce((sum, value) => sum + value * value, 0)
        return squares(outputsLost) / n + loading * squares(weightLost)
      }
      const best = loss(target)
      const prng = createPrng(6)
      for (let attempt = 0; attempt < 40; attempt++) {
        const distance = 10 ** -(attempt % 4)
        expect(loss(add(target, randomMatrix(features, outputs, prng), distance))).toBeGreaterThan(best)
      }
    }
  )

  it('asks for the weight itself where the inputs are the same', async () => {
    const same = { inputs: moments.inputs, drift: undefined }
    const options = { damping: 0.01, products: scalarProducts }
    expect((await fitObjective(weight, { ...options, moments: same }, true)).target).toBe(weight)
    const none = pairedMomentsOf(compressed, compressed)
    expect((await fitObjective(weight, { ...options, moments: none }, true)).target).toEqual(weight)
  })

  it('does not learn few rows by heart, as least squares would', async () => {
    const [rows, size] = [60, 40]
    const map = randomMatrix(size, outputs, createPrng(7))
    const draw = (seed: number) => {
      const inputs = randomMatrix(rows, size, createPrng(seed))
      return [inputs, add(inputs, randomMatrix(rows, size, createPrng(seed + 1)), 0.3)] as const
    }
    const [seen, seenOriginal] = draw(10)
    const paired = pairedMomentsOf(seen, seenOriginal)
    const options = { moments: paired, damping: 0, products: scalarProducts }
    const { target } = await fitObjective(map, options, false)
    const byHeart = add(map, solveSemidefinite(paired.inputs.sum, multiply(paired.drift!.product, map)))
    const [unseen, unseenOriginal] = draw(20)
    const lost = (inputs: Matrix, original: Matrix, candidate: Matrix) =>
      frobeniusNorm(add(multiply(original, map), multiply(inputs, candidate), -1))
    expect(lost(seen, seenOriginal, byHeart)).toBeLessThan(lost(seen, seenOriginal, target))
    expect(lost(unseen, unseenOriginal, target)).toBeLessThan(0.8 * lost(unseen, unseenOriginal, byHeart))
  })
})
