import { describe, expect, it } from 'vitest'
import { add, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { momentsOf, pairedMomentsOf } from '../../tests/helpers/layer-moments'
import type { LowRankMethod as MethodName } from '@contract/recipe'
import { createPrng } from '../base/prng'
import { matrix, type Matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { cutFactors, type CutFactors } from './cut-factors'
import { lowRankMethodTable } from './methods/methods'
import { refitFactors } from './refit'

const [n, features, outputs] = [50, 7, 6]
const weight = randomMatrix(features, outputs, createPrng(1))
/** Correlated rows whose features differ in scale and mean. */
const mixing = randomMatrix(features, features, createPrng(2))
const inputs = multiply(randomMatrix(n, features, createPrng(3)), mixing)
for (let i = 0; i < inputs.data.length; i++) inputs.data[i]! += (i % features) - 2
const moments = momentsOf(inputs)

async function cutOf(name: MethodName, rank: number, rows = moments): Promise<CutFactors> {
  const options = { moments: rows, damping: 0, products: scalarProducts }
  return cutFactors(await lowRankMethodTable[name].factorize(weight, options), rank)
}

/** ‖X·W − (X′·down·up + shift)‖² ÷ n. */
function outputError({ down, up, shift }: CutFactors, original = inputs, compressed = inputs): number {
  const lost = add(multiply(original, weight), multiply(multiply(compressed, down), up), -1)
  return lost.data.reduce((sum, value, i) => sum + (value - (shift?.[i % outputs] ?? 0)) ** 2, 0) / n
}

function refit(cut: CutFactors, fitsShift: boolean, rows = moments): Promise<CutFactors> {
  const options = {
    weight,
    moments: { inputs: rows, drift: undefined },
    damping: 0,
    products: scalarProducts
  }
  return refitFactors(cut, { ...options, fitsShift })
}

/** Output energies are near 1e3; products and solves round them to some 1e-12 of that. */
const atol = 1e-8

describe('refitFactors on the inputs of the original', () => {
  it.each([
    ['whitened-svd', false],
    ['output-pca', true]
  ] as const)('leaves %s as it was', async (name, fitsShift) => {
    for (let rank = 1; rank <= outputs; rank++) {
      const cut = await cutOf(name, rank)
      const { down, up, shift } = await refit(cut, fitsShift)
      expect(down).toBe(cut.down)
      expect(largestDifference(up.data, cut.up.data)).toBeLessThan(atol)
      if (fitsShift) expect(largestDifference(shift!, cut.shift!)).toBeLessThan(atol)
      else expect(shift).toBeUndefined()
    }
  })

  it.each(['weight-svd', 'asvd'] as const)('improves %s at every rank below the full one', async (name) => {
    for (let rank = 1; rank <= outputs; rank++) {
      const cut = await cutOf(name, rank)
      const [before, after] = [outputError(cut), outputError(await refit(cut, false))]
      const shifted = outputError(await refit(cut, true))
      expect(after).toBeLessThanOrEqual(before + atol)
      expect(shifted).toBeLessThanOrEqual(after + atol)
      if (rank < outputs) expect(shifted).toBeLessThan(0.99 * before)
    }
  })

  it('is not beaten by any other right factor and shift', async () => {
    const best = await refit(await cutOf('weight-svd', 3), true)
    const error = outputError(best)
    const prng = createPrng(4)
    for (let attempt = 0; attempt < 40; attempt++) {
      const distance = 10 ** -(attempt % 5)
      const up = add(best.up, randomMatrix(3, outputs, prng), distance)
      const shift = best.shift!.map((value) => value + distance * prng.normal())
      expect(outputError({ ...best, up, shift })).toBeGreaterThan(error - atol)
    }
  })

  it('gives the weight back at full rank', async () => {
    for (const name of ['weight-svd', 'asvd'] as const) {
      const { down, up, shift } = await refit(await cutOf(name, outputs), true)
      expect(largestDifference(multiply(down, up).data, weight.data)).toBeLessThan(atol)
      expect(largestDifference(shift!, new Float64Array(outputs))).toBeLessThan(atol)
    }
  })

  it('moves nothing in directions that the data never take', async () => {
    const few = momentsOf(matrix(2, features, inputs.data.slice(0, 2 * features)))
    const cut = await cutOf('weight-svd', 5)
    const { up } = await refit(cut, false, few)
    expect(up.data.every(Number.isFinite)).toBe(true)
    // Two rows of input can ask for a change of rank 2 at most: three of five directions keep their row products.
    const change = add(up, cut.up, -1)
    const rows = Array.from({ length: 5 }, (_, r) => change.data.slice(r * outputs, (r + 1) * outputs))
    expect(numericalRank(rows)).toBeLessThanOrEqual(2)
    expect(await refit(cut, true, momentsOf(matrix(3, features)))).toMatchObject({ up: cut.up })
  })
})

describe('refitFactors on other inputs than the original had', () => {
  it('answers what earlier layers changed', async () => {
    const compressed = add(multiply(inputs, scaling(0.8)), randomMatrix(n, features, createPrng(6)), 0.05)
    const paired = pairedMomentsOf(compressed, inputs)
    const cut = await cutOf('weight-svd', 4)
    const options = { weight, damping: 0, products: scalarProducts, fitsShift: true }
    const drifted = await refitFactors(cut, { ...options, moments: paired })
    const undrifted = await refitFactors(cut, { ...options, moments: { inputs: moments, drift: undefined } })
    const error = (candidate: CutFactors) => outputError(candidate, inputs, compressed)
    expect(error(drifted)).toBeLessThan(0.9 * error(undrifted))
  })
})

function scaling(factor: number): Matrix {
  const result = matrix(features, features)
  for (let i = 0; i < features; i++) result.data[i * features + i] = factor
  return result
}

/** Rows that are left after Gram-Schmidt, in float64. */
function numericalRank(rows: readonly Float64Array[]): number {
  const basis: Float64Array[] = []
  for (const row of [...rows].sort((a, b) => Math.hypot(...b) - Math.hypot(...a))) {
    let rest = row.slice()
    for (const direction of [...basis, ...basis]) {
      const along = rest.reduce((sum, value, i) => sum + value * direction[i]!, 0)
      rest = rest.map((value, i) => value - along * direction[i]!)
    }
    const length = Math.hypot(...rest)
    // 1e-6: the loading of the solver shows at 1e-9 or less.
    if (length > 1e-6) basis.push(rest.map((value) => value / length))
  }
  return basis.length
}
