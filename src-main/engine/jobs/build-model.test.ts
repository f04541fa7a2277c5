import { describe, expect, it } from 'vitest'
import {
  buildModel,
  modelInType,
  modelWithBranches,
  randomHalfTensor,
  randomTensor
} from '../../../tests/helpers/linear-models'
import type { Model } from '../../onnx/ir/model'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { selectLayers } from './build-model'

/** A float32 layer, another, and one that multiplies in float16. */
const mixed = buildModel((b) => {
  const x = b.input('x', 'float32', [1, 2])
  const half = b.input('half', 'float16', [1, 2])
  b.node('MatMul', [x, b.initializer(randomTensor('w', [2, 2], 1))], { name: 'first' })
  b.node('MatMul', [x, b.initializer(randomTensor('v', [2, 2], 2))], { name: 'second' })
  b.node('MatMul', [half, b.initializer(randomHalfTensor('u', [2, 2], 3))], { name: 'in half' })
})

function select(model: Model, options: Partial<Parameters<typeof selectLayers>[2]> = {}): string[] {
  const layers = locateLinearLayers(model)
  return selectLayers(model, layers, { excludeRoles: [], exclude: [], ...options }).map(({ id }) => id)
}

describe('selectLayers', () => {
  it('leaves out what is excluded and what cannot be rewritten', () => {
    expect(select(mixed)).toEqual(['first', 'second'])
    expect(select(mixed, { exclude: ['first'] })).toEqual(['second'])
    expect(select(mixed, { exclude: ['in half'] })).toEqual(['first', 'second'])
  })

  it('refuses an excluded layer that is not there', () => {
    expect(() => select(mixed, { exclude: ['first', 'third'] })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: "The model has no linear layer 'third' to exclude; 'lathe inspect' lists the layers."
      })
    )
  })

  it('refuses to exclude everything', () => {
    const nothingLeft = expect.objectContaining({
      code: 'invalid-input',
      message:
        'No linear layer is left to compress: the model has 3, with the roles other; exclude fewer of them.'
    }) as Error
    expect(() => select(mixed, { excludeRoles: ['other'] })).toThrow(nothingLeft)
    expect(() => select(mixed, { exclude: ['first', 'second', 'in half'] })).toThrow(nothingLeft)
  })

  it.each([
    ['float16', modelInType('float16'), "Layer 'y' multiplies in float16, expected float32; exclude it."],
    ['float64', modelInType('float64'), "Layer 'y' multiplies in float64, expected float32; exclude it."],
    [
      'subgraphs',
      modelWithBranches(),
      "Layer 'then_product' is inside a subgraph, where layers cannot be rewritten yet; exclude it."
    ]
  ])('says why when every layer is in %s', (_, model, message) => {
    expect(() => select(model)).toThrow(expect.objectContaining({ code: 'unsupported-model', message }))
  })
})
