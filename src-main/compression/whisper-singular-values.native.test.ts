/** The singular values of a pretrained encoder against LAPACK, through ONNX Runtime's products. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defaultExcludedRoles } from '@contract/recipe'
import { afterAll, describe, expect, it } from 'vitest'
import { createBackendProducts } from '../linalg/backend-products'
import { matrix } from '../linalg/matrix'
import { locateLinearLayers } from '../onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../onnx/linear-layer/read-weight'
import { decodeModel } from '../onnx/serde/decode-model'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { lowRankFactors } from './low-rank-factors'

const file = resolve(import.meta.dirname, '../../../shared/real/whisper-tiny-ctc/model.onnx')
const isAbsent = !existsSync(file)
const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''

/** LAPACK's gejsv; made by tests/fixtures/compression/singular_values.py. */
const { whisper: goldens } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../tests/fixtures/compression/singular-values.json'), 'utf8')
) as { readonly whisper: readonly { readonly largest: number; readonly smallest: readonly number[] }[] }

describe.skipIf(isAbsent)(`the 24 matrices of a Whisper tiny encoder${reason}`, () => {
  const products = createBackendProducts(createOrtBackend())
  afterAll(() => products.release())

  it('have the singular values of LAPACK to 1e-9 of each', { timeout: 60_000 }, async () => {
    const model = decodeModel(readFileSync(file))
    const layers = locateLinearLayers(model).filter(({ role }) => !defaultExcludedRoles.includes(role))
    expect(layers).toHaveLength(goldens.length)
    for (const [index, layer] of layers.entries()) {
      const { in: rows, out: columns, data } = readWeight(model, layer)
      const { singularValues } = await lowRankFactors(matrix(rows, columns, data), undefined, products)
      const { largest, smallest } = goldens[index]!
      const found = [singularValues[0]!, ...singularValues.slice(-smallest.length)]
      // Conditions reach 2e7, where ε σ₁ ÷ σ is 4e-9 ÷ a few: errors of some ε σ₁ ÷ √n were seen, 1.3e-11 at most.
      found.forEach((value, k) => {
        expect(Math.abs(value / [largest, ...smallest][k]! - 1)).toBeLessThan(1e-9)
      })
    }
  })
})
