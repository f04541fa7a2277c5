/** Number formats and rewrites of a model whose weights are not in memory. */
import { describe, expect, it } from 'vitest'
import { deferredModel } from '../../../tests/helpers/deferred-model'
import { buildModel, randomTensor } from '../../../tests/helpers/linear-models'
import { packedForms } from '../../../tests/helpers/packed-attention'
import { matrix } from '../../linalg/matrix'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { unpackProjections } from '../../onnx/passes/unpack-projections'
import { encodeModel } from '../../onnx/serde/encode-model'
import { applyCuts } from '../apply-low-rank'
import { storedCuts } from '../cut-factors'
import { applyPrecision, precisionTable } from './precisions'

/** MatMul, Gemm and an embedding, large enough for every format. */
function sketch(): Model {
  return buildModel((b) => {
    const x = b.input('x', 'float32', [3, 40])
    const h = b.node('MatMul', [x, b.initializer(randomTensor('w', [40, 24], 1))])
    const y = b.node('Gemm', [h, b.initializer(randomTensor('v', [24, 16], 2))])
    const ids = b.input('ids', 'int64', [3])
    b.output(b.node('Gather', [b.initializer(randomTensor('table', [30, 16], 3)), ids]), 'float32')
    b.output(y, 'float32')
  })
}

/** What a model still holds in memory, of values that count. */
function bytesInMemory({ graph }: Model): number {
  return [...graph.initializers.values()].reduce(
    (sum, { data }) => sum + (data.kind === 'bytes' ? data.bytes.byteLength : 0),
    0
  )
}

describe('a model with deferred weights', () => {
  it.each(Object.values(precisionTable).map(({ name }) => name))(
    'gives the same bytes in %s, without its weights in memory',
    (precision) => {
      const plain = applyPrecision(sketch(), precision)
      const { model, reads } = deferredModel(sketch())
      const made = applyPrecision(model, precision)
      assertInvariants(made)
      // Scales, zero points and sizes: a tenth of 8-bit weights in blocks of 16 at most, of 1840 values.
      expect(bytesInMemory(made)).toBeLessThan(700)
      reads.length = 0
      expect(Buffer.compare(encodeModel(made), encodeModel(plain))).toBe(0)
      // Each is read again for what it became, and for nothing else.
      expect(reads.toSorted()).toEqual(['table', 'v', 'w'])
    }
  )

  it.each(packedForms)('gives the same bytes with packed projections taken apart: $name', ({ model }) => {
    const deferred = deferredModel(model)
    const unpacked = unpackProjections(deferred.model).model
    const apart = unpackProjections(model).model
    expect(Buffer.compare(encodeModel(unpacked), encodeModel(apart))).toBe(0)
  })

  it('takes factors that are kept elsewhere, those of convolutions too, and quantizes them', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [1, 6, 20])
      const wide = b.node('Conv', [x, b.initializer(randomTensor('k', [8, 6, 3], 1))])
      b.output(b.node('MatMul', [wide, b.initializer(randomTensor('w', [18, 24], 2))]), 'float32')
    })
    const layers = locateLinearLayers(model)
    const plan = layers.map((layer) => ({ layer, rank: 2 }))
    const cuts = new Map(
      layers.map(({ id, inFeatures, outFeatures }, index) => {
        const values = (count: number) => Float64Array.from({ length: count }, (_, i) => Math.sin(i + index))
        const [down, up] = [values(2 * inFeatures), values(2 * outFeatures)]
        return [id, { down: matrix(inFeatures, 2, down), up: matrix(2, outFeatures, up), shift: undefined }]
      })
    )
    const elsewhere = applyCuts(
      model,
      plan,
      storedCuts(cuts, (values) => () => values.slice())
    )
    expect(bytesInMemory(elsewhere)).toBe(0)
    for (const precision of ['float32', 'int8', 'int4-weights'] as const) {
      const [made, plain] = [elsewhere, applyCuts(model, plan, storedCuts(cuts))].map((each) =>
        encodeModel(applyPrecision(each, precision))
      )
      expect(Buffer.compare(made!, plain!)).toBe(0)
    }
  })
})
