import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildModel } from '../../../tests/helpers/linear-models'
import { AttentionSketch, headWidth, heads, packedForms } from '../../../tests/helpers/packed-attention'
import { createPrng } from '../../base/prng'
import { columnSlice, matrix, transpose, type Matrix } from '../../linalg/matrix'
import { svd } from '../../linalg/svd'
import type { Model } from '../../onnx/ir/model'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import { unpackProjections } from '../../onnx/passes/unpack-projections'
import { decodeModel } from '../../onnx/serde/decode-model'
import { inferShapes } from '../../onnx/shapes/infer-shapes'
import { headSpectra, twinSpectra } from './twin-spectra'

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const prng = createPrng(seed)
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => prng.normal())
  )
}

/** A · Bᵀ by its definition. */
function product(a: Matrix, b: Matrix): Matrix {
  const result = matrix(a.rows, b.rows)
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      for (let l = 0; l < a.columns; l++) {
        result.data[i * b.rows + j]! += a.data[i * a.columns + l]! * b.data[j * b.columns + l]!
      }
    }
  }
  return result
}

/** Both sides are backward stable, so they agree to a modest multiple of ε times the largest value. */
function expectSpectrum(actual: readonly number[], whole: Matrix): void {
  const expected = svd(whole).singularValues
  for (const [index, value] of actual.entries()) {
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-12 * expected[0]!)
  }
}

function twinsOf(model: Model, layerId: string) {
  const layers = locateLinearLayers(model)
  const layer = layers.find(({ id }) => id === layerId)!
  return twinSpectra({ model, layers, layer, shapes: inferShapes(model) })
}

describe('the spectra of a product', () => {
  it('are those of the whole matrix, head by head', () => {
    const [a, b] = [randomMatrix(9, 6, 1), randomMatrix(7, 6, 2)]
    const spectra = headSpectra(a, b, { headCount: 2, headFeatures: 3 })
    expect(spectra).toHaveLength(2)
    for (const [head, { product: values, first, second }] of spectra.entries()) {
      const [aHead, bHead] = [a, b].map((side) => columnSlice(side, head * 3, head * 3 + 3)) as [
        Matrix,
        Matrix
      ]
      expect(values).toHaveLength(3)
      expectSpectrum(values, product(aHead, bHead))
      expectSpectrum(first, aHead)
      expectSpectrum(second, bHead)
    }
  })

  it('share the fewer heads among the more', () => {
    const [a, b] = [randomMatrix(5, 8, 3), randomMatrix(5, 4, 4)]
    const spectra = headSpectra(a, b, { headCount: 4, headFeatures: 2 })
    for (const [head, owner] of [0, 0, 1, 1].entries()) {
      const whole = product(columnSlice(a, head * 2, head * 2 + 2), columnSlice(b, owner * 2, owner * 2 + 2))
      expectSpectrum(spectra[head]!.product, whole)
    }
  })

  it('refuse a side that is no whole number of heads', () => {
    expect(() =>
      headSpectra(randomMatrix(4, 6, 5), randomMatrix(4, 5, 6), { headCount: 2, headFeatures: 3 })
    ).toThrow(/5 features/)
  })
})

describe('the products of an attention', () => {
  const packed = packedForms.find(({ name }) => name.includes('Split of the features'))!.model
  const { model } = unpackProjections(packed)
  const weightOf = (id: string) => {
    const read = readWeight(
      model,
      locateLinearLayers(model).find((layer) => layer.id === id)!
    )
    return matrix(read.in, read.out, read.data)
  }

  it.each(['/qkv/MatMul.q', '/qkv/MatMul.v', '/out_proj/MatMul'])('are found from %s', (layerId) => {
    const twins = twinsOf(model, layerId)
    if (!twins.isKnown) throw new Error(twins.reason)
    expect([twins.headCount, twins.headFeatures]).toEqual([heads, headWidth])
    expect(twins.pairs.map(({ kind, layerIds }) => [kind, ...layerIds])).toEqual([
      ['query-key', '/qkv/MatMul.q', '/qkv/MatMul.k'],
      ['value-output', '/qkv/MatMul.v', '/out_proj/MatMul']
    ])
    const [q, k, v, out] = ['q', 'k', 'v']
      .map((part) => weightOf(`/qkv/MatMul.${part}`))
      .concat(transpose(weightOf('/out_proj/MatMul'))) as [Matrix, Matrix, Matrix, Matrix]
    const last = (side: Matrix) => columnSlice(side, headWidth, 2 * headWidth)
    expectSpectrum(twins.pairs[0]!.heads[1]!.product, product(last(q), last(k)))
    expectSpectrum(twins.pairs[1]!.heads[1]!.product, product(last(v), last(out)))
  })

  it('are refused with a reason outside an attention', () => {
    const plain = buildModel((builder) => {
      const sketch = new AttentionSketch(builder)
      builder.output(sketch.linear(sketch.x, 'alone', [6, 6]), 'float32')
    })
    expect(twinsOf(plain, '/alone/MatMul')).toMatchObject({
      isKnown: false,
      reason: "'/alone/MatMul' is not a part of an attention."
    })
  })

  const real = resolve(import.meta.dirname, '../../../../shared/real/whisper-tiny-ctc/model.onnx')
  it.skipIf(!existsSync(real))('of Whisper tiny have 6 heads of 64 (skipped without ../shared/real)', () => {
    const whisper = decodeModel(readFileSync(real))
    const q = locateLinearLayers(whisper).find(({ role }) => role === 'q')!
    expect(twinsOf(whisper, q.id)).toMatchObject({ isKnown: true, headCount: 6, headFeatures: 64 })
  })
})
