/** MatMulNBits as Lathe stores it multiplies by exactly the matrix that its documentation says. */
import { WorkbenchError } from '@contract/errors'
import { describe, expect, it } from 'vitest'
import { blockedNodes, dequantized } from '../../../tests/helpers/blocked-weights'
import { largestDifference } from '../../../tests/helpers/dense-matrices'
import {
  buildModel,
  gemmForms,
  inFeatures,
  linearLayer,
  matmulForms,
  outFeatures,
  randomFeed,
  randomTensor
} from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { createPrng } from '../../base/prng'
import { truncate } from '../../../tests/helpers/truncate'
import { quantizeWeights } from '../../compression/methods/quantizable-weights'
import { applyWeightOnly, quantizeBlocks } from '../../compression/methods/weight-only'
import { matrix } from '../../linalg/matrix'
import { assertInvariants } from '../invariants'
import type { Model } from '../ir/model'
import { float32Tensor, float32Values } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { countMacs } from '../macs'
import { countParameters } from '../parameters'
import { inferShapes } from '../shapes/infer-shapes'
import { quantizeMatMulNBits } from './quantize-matmul-nbits'
import { replaceWithFactors } from './replace-with-factors'

const noneFloat: ReadonlySet<string> = new Set()

/** In float32 arithmetic, in which the product is exact but for rounding. */
function inBlocks(model: Model, bits: 4 | 8): Model {
  const replacements = quantizeWeights(model, noneFloat, (weight) => quantizeBlocks(weight, bits))
  return quantizeMatMulNBits(model, replacements, 'float32').model
}

/** The model with its one layer's weight replaced by the dequantized one, as a plain float32 initializer [in, out]. */
function withDequantizedWeight(model: Model, quantized: Model): Model {
  const { weight } = dequantized(quantized, blockedNodes(quantized)[0]!)
  const [layer] = locateLinearLayers(model)
  const stored = float32Tensor('dequantized', [inFeatures, outFeatures], Float32Array.from(weight))
  const nodes = model.graph.nodes.map((node) =>
    node.outputs[0] === layer!.nodeOutput
      ? {
          ...node,
          inputs: node.inputs.map((input, index) => (index === 1 ? 'dequantized' : input)),
          attributes: new Map([...node.attributes].filter(([name]) => name !== 'transB'))
        }
      : node
  )
  const initializers = new Map([...model.graph.initializers, ['dequantized', stored]])
  return { ...model, graph: { ...model.graph, nodes, initializers } }
}

const forms = [...matmulForms, ...gemmForms]

describe('quantizeMatMulNBits', () => {
  it.each(forms.flatMap((form) => ([4, 8] as const).map((bits) => ({ ...form, bits }))))(
    'in $bits bits is the product by the dequantized matrix: $name',
    async ({ model, feed, bits }) => {
      const before = structuredClone(model)
      const quantized = inBlocks(model, bits)
      assertInvariants(quantized)
      expect(model).toEqual(before)
      const wanted = await runModel(withDequantizedWeight(model, quantized), { x: feed })
      const original = await runModel(model, { x: feed })
      for (const graphOptimization of [false, true]) {
        const found = await runModel(quantized, { x: feed }, { graphOptimization })
        expect(found.result!.dims).toEqual(wanted.result!.dims)
        expect(floats(found.unrelated)).toEqual(floats(wanted.unrelated))
        // Seven products of about 1 in float32; a wrong entry would be off by the order of 1.
        expect(largestDifference(floats(found.result), floats(wanted.result))).toBeLessThan(2e-5)
      }
      // Something was quantized.
      expect(largestDifference(floats(wanted.result), floats(original.result))).toBeGreaterThan(1e-4)
    }
  )

  it.each(forms)('leaves all else as it was: $name', ({ model }) => {
    const { graph, metadataProps } = applyWeightOnly(model, 4)
    expect(metadataProps).toEqual(new Map([['vocab_size', '28']]))
    expect([graph.inputs, graph.outputs]).toEqual([model.graph.inputs, model.graph.outputs])
    expect(graph.initializers.get('bystander')).toBe(model.graph.initializers.get('bystander'))
    expect(graph.initializers.has('w')).toBe(false)
  })

  /** y = x · w, x [5, rows] or of the given shape. */
  function productModel(rows: number, columns: number, xDims: readonly number[] = [5, rows]): Model {
    return buildModel((b) => {
      const w = b.initializer(randomTensor('w', [rows, columns], 1))
      b.output(b.node('MatMul', [b.input('x', 'float32', xDims), w], { outputs: ['y'] }), 'float32')
    })
  }

  /** x · W in float64. */
  function productOf(x: Float32Array, weight: Float64Array, rows: number): Float64Array {
    const columns = weight.length / rows
    return Float64Array.from({ length: (x.length / rows) * columns }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns]
      let sum = 0
      for (let k = 0; k < rows; k++) sum += x[row * rows + k]! * weight[k * columns + column]!
      return sum
    })
  }

  // 37 and 33 are no multiple of any block, 1 is less than any, 300 has a last block that is part of 128.
  it.each([1, 33, 37, 64, 300].flatMap((rows) => [4, 8].map((bits) => [rows, bits as 4 | 8] as const)))(
    'takes any number of features: %i in %i bits',
    async (rows, bits) => {
      const quantized = inBlocks(productModel(rows, 19), bits)
      const feed = randomFeed([5, rows], 2)
      const { weight } = dequantized(quantized, blockedNodes(quantized)[0]!)
      const { y } = await runModel(quantized, { x: feed })
      const wanted = productOf(floats(feed), weight, rows)
      // float32 sums of up to 300 products of about 1.
      floats(y).forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-4))
    }
  )

  it.each([[[300]], [[1, 300]], [[2, 3, 4, 300]]])('takes inputs of shape %j', async (dims) => {
    const model = productModel(300, 19, dims)
    const [wanted, found] = await Promise.all(
      [model, inBlocks(model, 8)].map((each) => runModel(each, { x: randomFeed(dims, 2) }))
    )
    expect(found!.y!.dims).toEqual(wanted!.y!.dims)
    expect(largestDifference(floats(found!.y), floats(wanted!.y))).toBeLessThan(0.5)
  })

  it('in int8 arithmetic adds no more than half a step of each block of inputs', async () => {
    const [rows, columns] = [300, 19]
    const quantized = applyWeightOnly(productModel(rows, columns), 8)
    const feed = randomFeed([5, rows], 2)
    const x = floats(feed)
    const { weight } = dequantized(quantized, blockedNodes(quantized)[0]!)
    const { y } = await runModel(quantized, { x: feed })
    const wanted = productOf(x, weight, rows)
    floats(y).forEach((value, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns]
      let allowed = 1e-4
      // Symmetric int8 over a block of 64 or more of the row: a step is at most max|x| ÷ 127.
      const step = Math.max(...x.subarray(row * rows, (row + 1) * rows).map(Math.abs)) / 127
      for (let k = 0; k < rows; k++) allowed += (step / 2) * Math.abs(weight[k * columns + column]!)
      expect(Math.abs(value - wanted[index]!)).toBeLessThanOrEqual(allowed)
    })
  })

  it('stacks on factors of an odd rank, and counts like them', async () => {
    const rank = 37
    const model = productModel(96, 80)
    const prng = createPrng(5)
    const normal = (count: number) => Float64Array.from({ length: count }, () => prng.normal() / 10)
    const factors = truncate(
      {
        down: matrix(96, rank, normal(96 * rank)),
        up: matrix(rank, 80, normal(rank * 80)),
        singularValues: new Float64Array(rank).fill(1)
      },
      rank
    )
    const [layer] = locateLinearLayers(model)
    const lowRank = replaceWithFactors(model, [{ layer: layer!, factors }]).model
    for (const bits of [4, 8] as const) {
      const quantized = inBlocks(lowRank, bits)
      assertInvariants(quantized)
      const nodes = blockedNodes(quantized)
      expect(nodes).toHaveLength(2)
      const feed = randomFeed([5, 96], 2)
      const [down, up] = nodes.map((node) => dequantized(quantized, node).weight)
      const hidden = Float32Array.from(productOf(floats(feed), down!, 96))
      const wanted = productOf(hidden, up!, rank)
      const { y } = await runModel(quantized, { x: feed })
      // float32 in both products; the outputs are below 100.
      floats(y).forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-4))

      const shapes = inferShapes(quantized, new Map([['x', [5, 96]]]))
      expect(countMacs(quantized, shapes)).toMatchObject({ total: 5 * rank * (96 + 80), uncounted: [] })
      const scales = nodes.flatMap((node) => [
        ...float32Values(quantized.graph.initializers.get(node.inputs[2]!)!)
      ])
      expect(countParameters(quantized).parameterCount).toBe(rank * (96 + 80) + scales.length)
    }
  })

  it('stores a shared weight once', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [5, inFeatures])
      const w = b.initializer(randomTensor('w', [inFeatures, outFeatures], 1))
      for (const name of ['q', 'k']) b.output(b.node('MatMul', [x, w], { outputs: [name] }), 'float32')
    })
    const quantized = applyWeightOnly(model, 4)
    expect([...quantized.graph.initializers.keys()]).toEqual(['w.int4', 'w.int4_scale', 'w.int4_zero_point'])
    const outputs = await runModel(quantized, { x: randomFeed([5, inFeatures], 3) })
    expect(floats(outputs.k)).toEqual(floats(outputs.q))
  })

  it('is not a change without replacements, and refuses what it cannot replace', () => {
    const { model } = matmulForms[0]!
    expect(quantizeMatMulNBits(model, [], 'float32')).toEqual({ model, modified: false })
    const [layer] = locateLinearLayers(model)
    const zeros = (rows: number) =>
      quantizeBlocks({ in: rows, out: outFeatures, data: new Float64Array(rows * outFeatures) }, 4)
    const convolution = linearLayer({ ...layer!, operator: 'Conv' })
    const replace = (replaced: LinearLayer, rows: number) =>
      quantizeMatMulNBits(model, [{ layer: replaced, weight: zeros(rows) }], 'float32')
    expect(() => replace(convolution, inFeatures)).toThrow(
      new WorkbenchError('internal', "Layer 'y' is no MatMul or Gemm; a format of blocks leaves it alone.")
    )
    expect(() => replace(layer!, 33)).toThrow(
      /has \d+ blocks of \d+ per channel, which do not hold 7 features/
    )
  })
})
