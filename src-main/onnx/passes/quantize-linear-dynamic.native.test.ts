/** Dynamic int8 stays within the error that its steps allow, and ONNX Runtime computes it in integers. */
import { describe, expect, it } from 'vitest'
import {
  buildModel,
  gemmForms,
  inFeatures,
  matmulForms,
  outFeatures,
  randomFeed,
  randomTensor
} from '../../../tests/helpers/linear-models'
import { executedOperators } from '../../../tests/helpers/executed-operators'
import { largestDifference } from '../../../tests/helpers/dense-matrices'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { applyInt8Dynamic, quantizePerChannel } from '../../compression/methods/int8-dynamic'
import { assertInvariants } from '../invariants'
import type { Model } from '../ir/model'
import { float32Tensor } from '../ir/tensor'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { readWeight } from '../linear-layer/read-weight'
import { quantizeLinearDynamic } from './quantize-linear-dynamic'

/**
 * How far output (row, j) may be off, per entry of y.
 *
 * Activations: uint8 over [min(x, 0), max(x, 0)] in 255 steps of s, so x̂ = x + d with |d| ≤ s ÷ 2, at the ends
 * too, where the rounded zero point shifts the range by at most half a step. Weights: Ŵ = W + e, |e| ≤ t_j ÷ 2 with
 * t_j = max_i |W[i, j]| ÷ 127. From x̂·Ŵ − x·W = x·e + d·W + d·e follows, times |alpha|,
 *
 *   |ŷ − y| ≤ Σ_k (|x_k| · t_j + s · |W[k, j]|) ÷ 2 + in · s · t_j ÷ 4.
 */
function allowedErrors(model: Model, x: Float32Array, rows: number): Float64Array {
  const [layer] = locateLinearLayers(model)
  const { data: weight } = readWeight(model, layer!)
  const { scales } = quantizePerChannel(weight, inFeatures, outFeatures)
  const step = (Math.max(0, ...x) - Math.min(0, ...x)) / 255
  return Float64Array.from({ length: rows * outFeatures }, (_, index) => {
    const [row, j] = [Math.floor(index / outFeatures), index % outFeatures]
    let bound = (inFeatures * step * scales[j]!) / 4
    for (let k = 0; k < inFeatures; k++) {
      bound += (Math.abs(x[row * inFeatures + k]!) * scales[j]!) / 2
      bound += (step * Math.abs(weight[k * outFeatures + j]!)) / 2
    }
    // float32 in the reference and in the scales: a few 2^-24 of values below 64.
    return Math.abs(layer!.alpha) * bound + 64 * 8 * 2 ** -24
  })
}

const forms = [...matmulForms, ...gemmForms]

describe('quantizeLinearDynamic', () => {
  it.each(forms)('stays within the error of its steps: $name', async ({ model, feed }) => {
    const before = structuredClone(model)
    const quantized = applyInt8Dynamic(model)
    assertInvariants(quantized)
    expect(model).toEqual(before)
    const x = floats(feed)
    const wanted = await runModel(model, { x: feed })
    const allowed = allowedErrors(model, x, x.length / inFeatures)
    for (const graphOptimization of [false, true]) {
      const found = await runModel(quantized, { x: feed }, { graphOptimization })
      expect(found.result!.dims).toEqual(wanted.result!.dims)
      expect(floats(found.unrelated)).toEqual(floats(wanted.unrelated))
      const errors = floats(found.result).map((value, i) => Math.abs(value - floats(wanted.result)[i]!))
      errors.forEach((error, i) => expect(error).toBeLessThanOrEqual(allowed[i]!))
      // It was quantized at all, and the bound says something.
      expect(Math.max(...errors)).toBeGreaterThan(0)
      expect(Math.max(...allowed)).toBeLessThan(0.2 * Math.max(...floats(wanted.result).map(Math.abs)))
    }
  })

  it.each(forms)('leaves all else as it was: $name', ({ model }) => {
    const { graph, metadataProps } = applyInt8Dynamic(model)
    expect(metadataProps).toEqual(new Map([['vocab_size', '28']]))
    expect([graph.inputs, graph.outputs]).toEqual([model.graph.inputs, model.graph.outputs])
    expect(graph.initializers.get('bystander')).toBe(model.graph.initializers.get('bystander'))
    expect(graph.initializers.has('w')).toBe(false)
  })

  it('quantizes an input that several layers read once, and stores a shared weight once', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [5, inFeatures])
      const w = b.initializer(randomTensor('w', [inFeatures, outFeatures], 1))
      const v = b.initializer(randomTensor('v', [inFeatures, outFeatures], 2))
      for (const [name, weight] of [
        ['q', w],
        ['k', w],
        ['v_out', v]
      ] as const) {
        b.output(b.node('MatMul', [x, weight], { outputs: [name] }), 'float32')
      }
    })
    const quantized = applyInt8Dynamic(model)
    const { nodes, initializers } = quantized.graph
    expect(nodes.filter(({ opType }) => opType === 'DynamicQuantizeLinear')).toHaveLength(1)
    expect([...initializers.keys()]).toEqual([
      ...['w.int8', 'w.int8_scale', 'w.int8_zero_point'],
      ...['v.int8', 'v.int8_scale', 'v.int8_zero_point']
    ])
    const outputs = await runModel(quantized, { x: randomFeed([5, inFeatures], 3) })
    expect(floats(outputs.k)).toEqual(floats(outputs.q))
  })

  it('avoids names that the model uses already', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [5, inFeatures])
      const w = b.initializer(randomTensor('w', [inFeatures, outFeatures], 1))
      // None of these has anything to do with quantization.
      const taken = [
        ...['w.int8', 'w.int8_scale', 'w.int8_zero_point', 'y.scale', 'y.float', 'y.integer', 'y.product'],
        ...['x.uint8', 'x.uint8_scale', 'x.uint8_zero_point', 'y.alpha', 'y.alpha_scaled', 'y.beta']
      ].map((name) => b.initializer(float32Tensor(name, [1], Float32Array.of(1))))
      const c = b.initializer(randomTensor('c', [outFeatures], 2))
      const { attributes } = gemmForms[1]!.model.graph.nodes.find(({ opType }) => opType === 'Gemm')!
      const gemmAttributes = { alpha: attributes.get('alpha')!, beta: attributes.get('beta')! }
      const y = b.node('Gemm', [x, w, c], { outputs: ['y'], attributes: gemmAttributes })
      b.output(b.node('Sum', [y, ...taken], { outputs: ['result'] }), 'float32')
    })
    const quantized = applyInt8Dynamic(model)
    assertInvariants(quantized)
    const feed = randomFeed([5, inFeatures], 3)
    const [wanted, found] = await Promise.all([
      runModel(model, { x: feed }),
      runModel(quantized, { x: feed })
    ])
    const allowed = Math.max(...allowedErrors(model, floats(feed), 5))
    expect(largestDifference(floats(found.result), floats(wanted.result))).toBeLessThan(allowed)
  })

  it('is not a change without replacements, and refuses a convolution', () => {
    const { model } = matmulForms[0]!
    expect(quantizeLinearDynamic(model, [])).toEqual({ model, modified: false })
    const [layer] = locateLinearLayers(model)
    const weight = quantizePerChannel(readWeight(model, layer!).data, inFeatures, outFeatures)
    expect(() => quantizeLinearDynamic(model, [{ layer: { ...layer!, operator: 'Conv' }, weight }])).toThrow(
      expect.objectContaining({ code: 'internal' })
    )
  })
})

describe('ONNX Runtime', () => {
  const folder = useTemporaryFolder()

  it.each(forms)('fuses it into an integer kernel: $name', async ({ model }) => {
    const operators = await executedOperators(applyInt8Dynamic(model), folder())
    expect(operators.filter((name) => /DynamicQuantizeMatMul|MatMulIntegerToFloat/.test(name))).toHaveLength(
      1
    )
    expect(operators.filter((name) => /:(MatMul|Gemm|FusedMatMul)$/.test(name))).toEqual([])
  })
})
