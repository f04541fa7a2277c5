import { describe, expect, it } from 'vitest'
import { add, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { momentsOf, pairedMomentsOf } from '../../tests/helpers/layer-moments'
import { createPrng } from '../base/prng'
import type { Matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { cutFactors, type CutFactors } from './cut-factors'
import { lowRankFactors } from './low-rank-factors'
import { outputPca } from './methods/output-pca'
import { secondMoment } from './second-moment'
import { regressFactors } from './sequential'

const [n, features, outputs, rank] = [400, 6, 8, 3]
const weight = randomMatrix(features, outputs, createPrng(1))
const original = randomMatrix(n, features, createPrng(2))
for (let i = 0; i < original.data.length; i++) original.data[i]! += 1 + (i % features)
/** What earlier layers made of the rows: mixed, moved and noisy. */
const compressed = add(
  multiply(original, add(identityOf(features), randomMatrix(features, features, createPrng(3)), 0.1)),
  randomMatrix(n, features, createPrng(4)),
  0.2
)
const moments = pairedMomentsOf(compressed, original)
const common = { rank, damping: 0, products: scalarProducts }

function identityOf(size: number): Matrix {
  const result = randomMatrix(size, size, createPrng(0))
  result.data.forEach((_, i) => (result.data[i] = i % (size + 1) === 0 ? 1 : 0))
  return result
}

/** ‖X·W − (X′·down·up + shift)‖² ÷ n. */
function outputError({ down, up, shift }: CutFactors): number {
  const lost = add(multiply(original, weight), multiply(multiply(compressed, down), up), -1)
  return lost.data.reduce((sum, value, i) => sum + (value - (shift?.[i % outputs] ?? 0)) ** 2, 0) / n
}

describe('regressFactors', () => {
  it('is the method itself where the inputs are the same', async () => {
    const same = { inputs: momentsOf(original), drift: undefined }
    const whitened = await lowRankFactors(weight, secondMoment(same.inputs, 0), scalarProducts)
    const plain = await regressFactors(weight, { ...common, moments: same, isCentred: false })
    expect(plain).toEqual(cutFactors(whitened, rank))
    const pca = await outputPca.factorize(weight, { ...common, moments: same.inputs })
    const centred = await regressFactors(weight, { ...common, moments: same, isCentred: true })
    expect(centred.up).toEqual(cutFactors(pca, rank).up)
    // The shift is summed in another order: sums of 50 values of magnitude up to 30, in float64.
    expect(largestDifference(centred.shift!, cutFactors(pca, rank).shift!)).toBeLessThan(1e-11)
  })

  it.each([false, true])(
    'imitates better than factors for the original inputs (centred: %s)',
    async (isCentred) => {
      const fitted = await regressFactors(weight, { ...common, moments, isCentred })
      const independent = await regressFactors(weight, {
        ...common,
        moments: { inputs: momentsOf(original), drift: undefined },
        isCentred
      })
      expect(outputError(fitted)).toBeLessThan(0.8 * outputError(independent))
      expect(fitted.shift === undefined).toBe(!isCentred)
    }
  )

  it('loses less with a shift than without', async () => {
    const plain = await regressFactors(weight, { ...common, moments, isCentred: false })
    const centred = await regressFactors(weight, { ...common, moments, isCentred: true })
    expect(outputError(centred)).toBeLessThan(outputError(plain))
  })

  it('comes as close to the best of its rank as the agreeing rows allow', async () => {
    const fitted = await regressFactors(weight, { ...common, moments, isCentred: false })
    const error = outputError(fitted)
    const prng = createPrng(5)
    for (let attempt = 0; attempt < 60; attempt++) {
      const distance = 10 ** -(attempt % 3)
      const competitor = {
        down: add(fitted.down, randomMatrix(features, rank, prng), distance),
        up: add(fitted.up, randomMatrix(rank, outputs, prng), distance),
        shift: undefined
      }
      // 24 agreeing rows to 400: the loss may exceed the least one by a few per cent.
      expect(outputError(competitor)).toBeGreaterThan(0.95 * error)
    }
  })
})
