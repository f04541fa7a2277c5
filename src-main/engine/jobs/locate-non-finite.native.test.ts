import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import type { Model } from '../../onnx/ir/model'
import { float32Tensor } from '../../onnx/ir/tensor'
import type { InferenceBackend, ModelSource } from '../../runtime/inference-backend'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { locateNonFinite } from './locate-non-finite'

const folder = useTemporaryFolder()

/** Remembers from where it opens models, and what else is in the folder then. */
function watchedBackend() {
  const backend = createOrtBackend()
  const opened: { kind: ModelSource['kind']; files: number }[] = []
  const watched: InferenceBackend = {
    ...backend,
    open(source, options) {
      opened.push({ kind: source.kind, files: readdirSync(folder()).length })
      return backend.open(source, options)
    }
  }
  return { backend: watched, opened }
}

/** y = |x · W₁| · W₂ with W₁ [features, features] of 0.5 and W₂ [features, 4] of 1, but for one value. */
function twoProducts(
  features: number,
  spoilt: { readonly weight: 'first' | 'second'; value: number }
): Model {
  const b = new GraphBuilder('two-products')
  const weight = (name: 'first' | 'second', columns: number, fill: number) => {
    const values = new Float32Array(features * columns).fill(fill)
    if (spoilt.weight === name) values[5] = spoilt.value
    return b.initializer(float32Tensor(`${name}.weight`, [features, columns], values))
  }
  const x = b.input('x', 'float32', [1, features])
  const first = b.node('MatMul', [x, weight('first', features, 0.5)], { name: '/first' })
  const positive = b.node('Abs', [first], { name: '/positive' })
  b.output(
    b.node('MatMul', [positive, weight('second', 4, 1)], { name: '/second', outputs: ['y'] }),
    'float32',
    [1, 4]
  )
  return b.build()
}

function locate(backend: InferenceBackend, features: number, model: Model) {
  const data = new Float32Array(features).fill(1)
  const feeds = { x: { dataType: 'float32', dims: [1, features], data } } as const
  return locateNonFinite({ backend, temporaryFolder: folder() }, model, feeds)
}

describe('the first value that is not finite', () => {
  it.each([
    ['first', NaN],
    ['second', Infinity]
  ] as const)('is found in the %s layer of a small model, in memory', async (weight, value) => {
    const { backend, opened } = watchedBackend()
    expect(await locate(backend, 8, twoProducts(8, { weight, value }))).toBe(
      `the first value that is not finite comes from '/${weight}' (MatMul), whose weight '${weight}.weight' holds ${value}`
    )
    expect(opened).toEqual([{ kind: 'bytes', files: 0 }])
  })

  it('is none where all are finite', async () => {
    expect(await locate(createOrtBackend(), 8, twoProducts(8, { weight: 'first', value: 1 }))).toBeUndefined()
  })

  it('is found in a large model, which is run from a file that is gone afterwards', async () => {
    // 134 MB, just large enough.
    const features = 5800
    const { backend, opened } = watchedBackend()
    expect(await locate(backend, features, twoProducts(features, { weight: 'first', value: NaN }))).toMatch(
      /'\/first' \(MatMul\), whose weight 'first\.weight' holds NaN$/
    )
    expect(opened).toEqual([{ kind: 'file', files: 1 }])
    expect(readdirSync(folder())).toEqual([])
  })
})
