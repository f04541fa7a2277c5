/** Every number format, alone and on top of low rank: bytes as priced, counts of its mathematics, nearly the same model. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { precisions, type Precision } from '@contract/recipe'
import { describe, expect, it } from 'vitest'
import { buildModel, randomFeed, randomTensor } from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { matrix } from '../../linalg/matrix'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { float32Values, tensorBytes } from '../../onnx/ir/tensor'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { countMacs } from '../../onnx/macs'
import { countParameters } from '../../onnx/parameters'
import { decodeModel } from '../../onnx/serde/decode-model'
import { inferShapes } from '../../onnx/shapes/infer-shapes'
import { byteCost } from '../allocation/budget'
import { applyLowRank } from '../apply-low-rank'
import { layerMatrix } from '../layer-matrix'
import { frontEndOutputs } from './int8-dynamic'
import { applyPrecision, precisionTable } from './precisions'

const [rows, columns] = [100, 80]

/** One layer with the matrix w [rows, columns]. */
function oneLayer(operator: LinearLayer['operator'] = 'MatMul'): Model {
  return buildModel((b) => {
    const isConvolution = operator === 'Conv'
    const dims = isConvolution ? [columns, rows, 1] : [rows, columns]
    const w = b.initializer(randomTensor('w', dims, 1))
    const x =
      operator === 'Gather'
        ? b.input('x', 'int64', [6])
        : b.input('x', 'float32', isConvolution ? [1, rows, 6] : [6, rows])
    b.output(b.node(operator, operator === 'Gather' ? [w, x] : [x, w], { outputs: ['y'] }), 'float32')
  })
}

/** The layer as the first columns and rows of w, which is enough for sizes. */
function lowRank(model: Model, rank: number): Model {
  const [layer] = locateLinearLayers(model)
  const k = Math.min(rows, columns)
  const weight = Float64Array.from(float32Values(model.graph.initializers.get('w')!))
  const up = new Float64Array(k * columns)
  for (let r = 0; r < k; r++) up[r * columns + r] = 1
  const factors = {
    down: matrix(rows, k, weight),
    up: matrix(k, columns, up),
    singularValues: new Float64Array(k).fill(1)
  }
  return applyLowRank(model, [{ layer: layer!, rank }], new Map([[layerMatrix(layer!), factors]]))
}

function storedBytes({ graph }: Model): number {
  return [...graph.initializers.values()].reduce((sum, tensor) => sum + tensorBytes(tensor).byteLength, 0)
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

/** Scales, which count as parameters too: per output channel, or per block and output channel. */
const scaleCounts: Readonly<Record<Precision, (inFeatures: number, outFeatures: number) => number>> = {
  float32: () => 0,
  float16: () => 0,
  int8: (_, outFeatures) => outFeatures,
  'int8-convolutions': (_, outFeatures) => outFeatures,
  'int8-weights': (inFeatures, outFeatures) =>
    outFeatures * Math.ceil(inFeatures / (inFeatures === 37 ? 16 : 128)),
  'int4-weights': (inFeatures, outFeatures) =>
    outFeatures * Math.ceil(inFeatures / (inFeatures === 37 ? 16 : 32))
}

describe('precisionTable', () => {
  it('has a row for every number format, under its own name', () => {
    expect(Object.values(precisionTable).map(({ name }) => name)).toEqual([...precisions])
    expect(Object.keys(precisionTable)).toEqual([...precisions])
  })

  it.each(
    (['MatMul', 'Gemm', 'Conv', 'Gather'] as const).flatMap((operator) =>
      precisions.map((precision) => ({ operator, precision }))
    )
  )('stores a $operator in $precision in as many bytes as it is priced', ({ operator, precision }) => {
    const cost = byteCost({ inFeatures: rows, outFeatures: columns, operator }, precision)
    const model = oneLayer(operator)
    expect(storedBytes(applyPrecision(model, precision))).toBe(cost.dense)
    // Ranks around blocks and bytes, odd ones, and one whose factors are too small for halves.
    for (const rank of [1, 2, 15, 16, 17, 32, 33, 37, 44]) {
      expect(storedBytes(applyPrecision(lowRank(model, rank), precision))).toBe(cost.ofRank(rank))
    }
  })

  it.each(precisions)('%s counts parameters and products as float32 does, and scales', (precision) => {
    const rank = 37
    const plain = lowRank(oneLayer(), rank)
    const model = applyPrecision(plain, precision)
    assertInvariants(model)
    const macsOf = (each: Model) => countMacs(each, inferShapes(each, new Map([['x', [6, rows]]])))
    expect(macsOf(model)).toMatchObject({ total: 6 * rank * (rows + columns), uncounted: [] })
    const scaleCount = scaleCounts[precision](rows, rank) + scaleCounts[precision](rank, columns)
    expect(countParameters(model).parameterCount).toBe(countParameters(plain).parameterCount + scaleCount)
  })

  // 1 − cosine of the outputs, at most; about twice what was seen.
  it.each([
    ['float32', 0],
    ['float16', 1e-6],
    ['int8', 2e-4],
    ['int8-convolutions', 2e-4],
    ['int8-weights', 1e-4],
    ['int4-weights', 2e-2]
  ] as const)('%s on factors of rank 37 is nearly the same', async (precision, allowed) => {
    const plain = lowRank(oneLayer(), 37)
    const feed = { x: randomFeed([6, rows], 3) }
    const wanted = floats((await runModel(plain, feed)).y)
    const found = floats((await runModel(applyPrecision(plain, precision), feed)).y)
    expect(1 - cosine(found, wanted)).toBeLessThanOrEqual(allowed + 1e-12)
    if (precision === 'float32') expect(found).toEqual(wanted)
    else expect(found).not.toEqual(wanted)
  })

  it('leaves in float32 what is to stay so, in every format', () => {
    const keep = new Set(['y'])
    for (const precision of precisions)
      expect(applyPrecision(oneLayer(), precision, keep)).toEqual(oneLayer())
  })
})

const real = resolve(import.meta.dirname, '../../../../shared/real')
const isAbsent = !existsSync(real)
const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

describe.skipIf(isAbsent)(`real models${reason}`, () => {
  const realModel = (folder: string) => decodeModel(readFileSync(resolve(real, folder, 'model.onnx')))
  const inputs = {
    'whisper-tiny-ctc': { input_features: randomFeed([1, 80, 400], 1) },
    kwt1: { input_1: randomFeed([1, 16_000], 1) }
  } as const

  // [1 − cosine of the outputs, share of the file's bytes], at most: about twice and 1.02 times what was seen.
  it.each([
    ['whisper-tiny-ctc', 'float16', 2e-7, 0.51],
    ['whisper-tiny-ctc', 'int8', 6e-4, 0.363],
    ['whisper-tiny-ctc', 'int8-convolutions', 1e-3, 0.315],
    ['whisper-tiny-ctc', 'int8-weights', 2.5e-4, 0.37],
    ['whisper-tiny-ctc', 'int4-weights', 1.7e-2, 0.281],
    // A third of this model is the transforms of its front end, which stay as they are.
    ['kwt1', 'float16', 2e-7, 0.667],
    ['kwt1', 'int8', 4e-4, 0.51],
    ['kwt1', 'int8-weights', 2e-4, 0.51],
    ['kwt1', 'int4-weights', 2e-2, 0.436]
  ] as const)('%s in %s', async (folder, precision, allowedDistance, allowedShare) => {
    const model = realModel(folder)
    const reduced = applyPrecision(model, precision, frontEndOutputs(locateLinearLayers(model)))
    assertInvariants(reduced)
    const [wanted, found] = await Promise.all(
      [model, reduced].map(async (each) => floats(Object.values(await runModel(each, inputs[folder]))[0]))
    )
    const distance = 1 - cosine(found!, wanted!)
    expect(distance).toBeLessThan(allowedDistance)
    expect(storedBytes(reduced) / storedBytes(model)).toBeLessThan(allowedShare)
    expect(distance).toBeGreaterThan(0)
  })
})
