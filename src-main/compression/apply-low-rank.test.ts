import { describe, expect, it } from 'vitest'
import { fromRows, largestDifference, multiply, randomMatrix } from '../../tests/helpers/dense-matrices'
import { buildModel, linearLayer, randomTensor } from '../../tests/helpers/linear-models'
import { createPrng } from '../base/prng'
import { matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { assertInvariants } from '../onnx/invariants'
import { float32Values } from '../onnx/ir/tensor'
import { locateLinearLayers } from '../onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../onnx/linear-layer/read-weight'
import { truncate } from '../../tests/helpers/truncate'
import { applyCuts, applyLowRank } from './apply-low-rank'
import { cutPlan, storedCuts } from './cut-factors'
import { layerMatrix } from './layer-matrix'
import { lowRankFactors, type LowRankFactors } from './low-rank-factors'

async function randomFactors(rows = 9, columns = 6, seed = 1): Promise<LowRankFactors> {
  return lowRankFactors(randomMatrix(rows, columns, createPrng(seed)), undefined, scalarProducts)
}

function norm(values: Iterable<number>): number {
  return Math.hypot(...values)
}

describe('truncate', () => {
  it.each([1, 3, 6])('leaves the product of rank %i as it was, to float32', async (rank) => {
    const { down, up, singularValues } = await randomFactors()
    const stored = truncate({ down, up, singularValues }, rank)
    const actual = multiply(
      matrix(9, rank, Float64Array.from(stored.down)),
      matrix(rank, 6, Float64Array.from(stored.up))
    )
    const [leading, rows] = [matrix(9, rank), matrix(rank, 6, up.data.slice(0, 6 * rank))]
    for (let i = 0; i < 9; i++) leading.data.set(down.data.subarray(i * 6, i * 6 + rank), i * rank)
    // Two roundings of 2^-24 per product, products of magnitude up to σ₁.
    expect(largestDifference(actual.data, multiply(leading, rows).data)).toBeLessThan(
      2 * rank * 2 ** -24 * singularValues[0]!
    )
  })

  it('gives both sides the same norm in every column', async () => {
    const stored = truncate(await randomFactors(), 5)
    for (let r = 0; r < 5; r++) {
      const column = norm(stored.down.filter((_, i) => i % 5 === r))
      const row = norm(stored.up.subarray(r * 6, (r + 1) * 6))
      // float32 values: norms of 9 and of 6 of them differ by roundings of 2^-24.
      expect(Math.abs(column / row - 1)).toBeLessThan(2 ** -22)
    }
  })

  it('gives nested pairs: a lower rank is the beginning of a higher one, bit for bit', async () => {
    const factors = await randomFactors()
    const whole = truncate(factors, 6)
    for (let rank = 1; rank < 6; rank++) {
      const cut = truncate(factors, rank)
      expect(cut.rank).toBe(rank)
      expect(cut.up).toEqual(whole.up.slice(0, rank * 6))
      expect(cut.down).toEqual(whole.down.filter((_, i) => i % 6 < rank))
    }
  })

  it('keeps columns of zeros finite', () => {
    const factors = {
      down: fromRows([
        [2, 0],
        [0, 0]
      ]),
      up: fromRows([
        [1, 0],
        [0, 1]
      ]),
      singularValues: Float64Array.of(2, 0)
    }
    const { down, up } = truncate(factors, 2)
    expect([...down]).toEqual([Math.fround(Math.SQRT2), 0, 0, 0])
    expect([...up]).toEqual([Math.fround(Math.SQRT2), 0, 0, 1])
  })

  it.each([0, 7, -1])('refuses rank %i of 6', async (rank) => {
    const factors = await randomFactors()
    expect(() => truncate(factors, rank)).toThrow(
      expect.objectContaining({ code: 'internal', message: `Rank ${rank} is outside 1..6.` })
    )
  })
})

describe('applyLowRank', () => {
  const shared = buildModel((b) => {
    const x = b.input('x', 'float32', ['n', 6])
    const w = b.initializer(randomTensor('w', [6, 6], 3))
    const first = b.node('MatMul', [x, w], { outputs: ['first'] })
    const second = b.node('MatMul', [first, w], { outputs: ['second'] })
    b.output(b.node('MatMul', [second, b.node('Transpose', [w])], { outputs: ['y'] }), 'float32')
  })
  const layers = locateLinearLayers(shared)

  async function factorsByMatrix(): Promise<Map<string, LowRankFactors>> {
    const factors = new Map<string, LowRankFactors>()
    for (const layer of layers) {
      const { data } = readWeight(shared, layer)
      factors.set(layerMatrix(layer), await lowRankFactors(matrix(6, 6, data), undefined, scalarProducts))
    }
    return factors
  }

  it('stores what layers share once, and a tied transpose as a matrix of its own', async () => {
    const plan = layers.map((layer) => ({ layer, rank: 6 }))
    const { graph } = applyLowRank(shared, plan, await factorsByMatrix())
    assertInvariants({ ...shared, graph })
    expect([...graph.initializers.keys()]).toEqual(['w.down', 'w.up', 'w.down_2', 'w.up_2'])
    const product = (down: string, up: string) => {
      const [left, right] = [down, up].map((name) =>
        matrix(6, 6, Float64Array.from(float32Values(graph.initializers.get(name)!)))
      )
      return multiply(left!, right!)
    }
    const weight = readWeight(shared, layers[0]!).data
    const transposed = readWeight(shared, layers[2]!).data
    // Full rank: the weight again, within two float32 roundings of each of six products of magnitude up to 4.
    expect(largestDifference(product('w.down', 'w.up').data, weight)).toBeLessThan(6 * 4 * 2 ** -23)
    expect(largestDifference(product('w.down_2', 'w.up_2').data, transposed)).toBeLessThan(6 * 4 * 2 ** -23)
  })

  it('stores a shared weight once per rank when the ranks differ', async () => {
    const plan = layers.map((layer, index) => ({ layer, rank: index === 0 ? 2 : 3 }))
    const { graph } = applyLowRank(shared, plan, await factorsByMatrix())
    assertInvariants({ ...shared, graph })
    expect([...graph.initializers.values()].map(({ dims }) => dims)).toEqual([
      [6, 2],
      [2, 6],
      [6, 3],
      [3, 6],
      [6, 3],
      [3, 6]
    ])
  })

  it('leaves a layer without a rank dense, and the model alone when there is no other', async () => {
    const plan = layers.map((layer) => ({ layer, rank: undefined }))
    expect(applyLowRank(shared, plan, await factorsByMatrix())).toBe(shared)
    const mixed = layers.map((layer, index) => ({ layer, rank: index === 0 ? 2 : undefined }))
    const { graph } = applyLowRank(shared, mixed, await factorsByMatrix())
    expect([...graph.initializers.keys()]).toEqual(['w', 'w.down', 'w.up'])
  })

  it('refuses a plan for a weight that was not factorised', () => {
    expect(() =>
      applyLowRank(shared, [{ layer: linearLayer({ weightName: 'v' }), rank: 1 }], new Map())
    ).toThrow(expect.objectContaining({ code: 'internal', message: "Weight 'v' was not factorised." }))
  })

  it('refuses a cut of another rank than planned', async () => {
    const plan = layers.map((layer) => ({ layer, rank: 2 }))
    const cuts = storedCuts(cutPlan(plan, await factorsByMatrix()))
    const other = layers.map((layer) => ({ layer, rank: 3 }))
    expect(() => applyCuts(shared, other, cuts)).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: `Layer '${layers[0]!.id}' needs factors of rank 3, got rank 2.`
      })
    )
  })
})
