/** A located layer reproduces its operator: alpha · (x · W) + beta · b, in plain loops, against ONNX Runtime. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../base/prng'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { GraphBuilder } from '../build/graph-builder'
import { floatAttribute, intAttribute } from '../ir/attribute'
import { float32Tensor, type Tensor } from '../ir/tensor'
import { encodeModel } from '../serde/encode-model'
import { locateLinearLayers } from './locate-linear-layers'
import { readBias, readWeight } from './read-weight'

const [rows, inFeatures, outFeatures] = [5, 7, 4]

type Make = (name: string, ...dims: readonly number[]) => Tensor

function random(seed: number): Make {
  const prng = createPrng(seed)
  return (name, ...dims) =>
    float32Tensor(
      name,
      dims,
      Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => prng.normal())
    )
}

function matmul(chain: (builder: GraphBuilder, make: Make) => string, bias?: readonly number[]) {
  return (builder: GraphBuilder, make: Make) => {
    const product = builder.node('MatMul', [
      builder.input('x', 'float32', [rows, inFeatures]),
      chain(builder, make)
    ])
    if (bias === undefined) return product
    return builder.node('Add', [builder.initializer(make('b', ...bias)), product])
  }
}

function gemm(transB: number, bias: readonly number[] | undefined, alpha: number, beta: number) {
  return (builder: GraphBuilder, make: Make) => {
    const dims = transB === 1 ? [outFeatures, inFeatures] : [inFeatures, outFeatures]
    const c = bias === undefined ? [] : [builder.initializer(make('b', ...bias))]
    return builder.node(
      'Gemm',
      [builder.input('x', 'float32', [rows, inFeatures]), builder.initializer(make('w', ...dims)), ...c],
      {
        attributes: { transB: intAttribute(transB), alpha: floatAttribute(alpha), beta: floatAttribute(beta) }
      }
    )
  }
}

/** x [1, in, rows, ...1]: features on axis 1, so that one position is a strided column of x and y. */
function conv(kernel: readonly number[]) {
  return (builder: GraphBuilder, make: Make) => {
    const trailing = kernel.slice(1)
    const x = builder.input('x', 'float32', [1, inFeatures, rows, ...trailing])
    const w = builder.initializer(make('w', outFeatures, inFeatures, ...kernel))
    return builder.node('Conv', [x, w, builder.initializer(make('b', outFeatures))])
  }
}

const stored = (builder: GraphBuilder, make: Make) => builder.initializer(make('w', inFeatures, outFeatures))
const storedTransposed = (builder: GraphBuilder, make: Make) =>
  builder.initializer(make('w', outFeatures, inFeatures))

describe('located layers', () => {
  it.each<[string, (builder: GraphBuilder, make: Make) => string]>([
    ['MatMul', matmul(stored)],
    ['MatMul and Add', matmul(stored, [outFeatures])],
    ['MatMul and Add of rank 3', matmul(stored, [1, 1, outFeatures])],
    [
      'MatMul behind Transpose',
      matmul((b, make) => b.node('Transpose', [storedTransposed(b, make)]), [outFeatures])
    ],
    [
      'MatMul behind Identity and two Transposes',
      matmul((b, make) => b.node('Identity', [b.node('Transpose', [b.node('Transpose', [stored(b, make)])])]))
    ],
    ['Gemm', gemm(0, undefined, 1, 1)],
    ['Gemm with transB and C [out]', gemm(1, [outFeatures], 1, 1)],
    ['Gemm with alpha, beta and C [1, out]', gemm(0, [1, outFeatures], 0.5, -2)],
    ['Gemm with everything', gemm(1, [1, outFeatures], -1.5, 3)],
    ['Conv over 1 axis', conv([1])],
    ['Conv over 2 axes', conv([1, 1])]
  ])('%s', async (_, construct) => {
    const make = random(3)
    const builder = new GraphBuilder('layer')
    builder.output(construct(builder, make), 'float32')
    const model = builder.build()
    const [layer, ...others] = locateLinearLayers(model)
    expect(others).toEqual([])

    const xDims =
      layer!.operator === 'Conv'
        ? [1, inFeatures, rows, ...(model.graph.initializers.get('w')!.dims.length === 4 ? [1] : [])]
        : [rows, inFeatures]
    const prng = createPrng(11)
    const x = Float32Array.from({ length: rows * inFeatures }, () => prng.normal())
    const session = await createOrtBackend().open(
      { kind: 'bytes', bytes: encodeModel(model) },
      { graphOptimization: false }
    )
    const results = await session.run({ x: { dataType: 'float32', dims: xDims, data: x } }, [layer!.output])
    await session.release()
    const actual = results[layer!.output]!.data as Float32Array

    const weight = readWeight(model, layer!)
    const bias = readBias(model, layer!)
    expect([weight.in, weight.out, actual.length]).toEqual([inFeatures, outFeatures, rows * outFeatures])
    const isConv = layer!.operator === 'Conv'
    for (let row = 0; row < rows; row++) {
      for (let out = 0; out < outFeatures; out++) {
        let sum = 0
        for (let k = 0; k < inFeatures; k++) {
          sum += x[isConv ? k * rows + row : row * inFeatures + k]! * weight.data[k * outFeatures + out]!
        }
        const expected = layer!.alpha * sum + layer!.beta * (bias?.[out] ?? 0)
        // float32 sums of 7 products of order 1: rounding stays below 8 · 2^-24 · 10 ≈ 5e-6.
        expect(
          Math.abs(actual[isConv ? out * rows + row : row * outFeatures + out]! - expected)
        ).toBeLessThan(1e-5)
      }
    }
  })
})
