/** Every layer of a pretrained model in each form that compression gives it, in ONNX Runtime. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { largestDifference } from '../../tests/helpers/dense-matrices'
import { randomFeed } from '../../tests/helpers/linear-models'
import { floats, runModel } from '../../tests/helpers/run-model'
import { matrix } from '../linalg/matrix'
import { scalarProducts } from '../linalg/products'
import { assertInvariants } from '../onnx/invariants'
import type { Model } from '../onnx/ir/model'
import { locateLinearLayers } from '../onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../onnx/linear-layer/read-weight'
import { rewritableLayers } from '../onnx/passes/rewrite-obstacle'
import { decodeModel } from '../onnx/serde/decode-model'
import { applyLowRank } from './apply-low-rank'
import { layerMatrix } from './layer-matrix'
import { lowRankFactors, type LowRankFactors } from './low-rank-factors'
import { applyInt8Dynamic } from './methods/int8-dynamic'

const file = resolve(import.meta.dirname, '../../../shared/real/kwt1/model.onnx')
const isAbsent = !existsSync(file)
const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

/** Logits of one second of noise. */
async function logits(model: Model): Promise<Float32Array> {
  const [output] = Object.values(await runModel(model, { input_1: randomFeed([1, 16_000], 1) }))
  return floats(output)
}

function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  return largestDifference(actual, expected) / Math.max(...expected.map(Math.abs))
}

describe.skipIf(isAbsent)(`kwt1${reason}`, () => {
  it('is the same model with all of its 78 layers as factors of full rank', async () => {
    const model = decodeModel(readFileSync(file))
    const layers = rewritableLayers(model, locateLinearLayers(model))
    expect(layers).toHaveLength(78)
    const factors = new Map<string, LowRankFactors>()
    for (const layer of layers) {
      const { in: rows, out: columns, data } = readWeight(model, layer)
      factors.set(
        layerMatrix(layer),
        await lowRankFactors(matrix(rows, columns, data), undefined, scalarProducts)
      )
    }
    const plan = layers.map((layer) => ({ layer, rank: Math.min(layer.inFeatures, layer.outFeatures) }))
    const whole = applyLowRank(model, plan, factors)
    assertInvariants(whole)
    // float32 rounding through twelve blocks; 6e-7 was seen, a wrong factor is off by the order of 1.
    expect(relativeDifference(await logits(whole), await logits(model))).toBeLessThan(1e-5)
  })

  it('is nearly the same model in dynamic int8', async () => {
    const model = decodeModel(readFileSync(file))
    const quantized = applyInt8Dynamic(model)
    assertInvariants(quantized)
    const difference = relativeDifference(await logits(quantized), await logits(model))
    // 4 % was seen. Not below 1e-4: then nothing would have been quantized.
    expect(difference).toBeGreaterThan(1e-4)
    expect(difference).toBeLessThan(0.2)
  })
})
