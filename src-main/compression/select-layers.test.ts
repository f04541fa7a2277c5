import { describe, expect, it } from 'vitest'
import {
  buildModel,
  modelInType,
  modelWithBranches,
  randomHalfTensor,
  randomTensor
} from '../../tests/helpers/linear-models'
import type { Model } from '../onnx/ir/model'
import { locateLinearLayers } from '../onnx/linear-layer/locate-linear-layers'
import { selectLayers } from './select-layers'

/** A float32 layer, another, and one that multiplies in float16. */
const mixed = buildModel((b) => {
  const x = b.input('x', 'float32', [1, 2])
  const half = b.input('half', 'float16', [1, 2])
  b.node('MatMul', [x, b.initializer(randomTensor('w', [2, 2], 1))], { name: 'first' })
  b.node('MatMul', [x, b.initializer(randomTensor('v', [2, 2], 2))], { name: 'second' })
  b.node('MatMul', [half, b.initializer(randomHalfTensor('u', [2, 2], 3))], { name: 'in half' })
})

/** Ids with dots, slashes and brackets, as exporters write them. */
const blocks = buildModel((b) => {
  const x = b.input('x', 'float32', [1, 2])
  for (const [index, id] of ['/b.0/q', '/b.0/k[1]', '/b.1/q', '/b.1/k[1]'].entries()) {
    b.node('MatMul', [x, b.initializer(randomTensor(`w${index}`, [2, 2], index))], { name: `${id}/MatMul` })
  }
})

function select(model: Model, options: Partial<Parameters<typeof selectLayers>[2]> = {}): string[] {
  const layers = locateLinearLayers(model)
  return selectLayers(model, layers, { excludeRoles: [], include: [], exclude: [], ...options }).map(
    ({ id }) => id
  )
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
  it('takes only what is included, and of that leaves out what is excluded', () => {
    expect(select(blocks, { include: ['*/q/*'] })).toEqual(['/b.0/q/MatMul', '/b.1/q/MatMul'])
    expect(select(blocks, { include: ['/b.0/*', '/b.1/q/MatMul'] })).toEqual([
      '/b.0/q/MatMul',
      '/b.0/k[1]/MatMul',
      '/b.1/q/MatMul'
    ])
    expect(select(blocks, { include: ['/b.0/*'], exclude: ['*/q/*'] })).toEqual(['/b.0/k[1]/MatMul'])
    expect(select(blocks, { include: ['*'] })).toHaveLength(4)
  })

  it('takes dots and brackets of a pattern for themselves, and the whole id for the text', () => {
    expect(select(blocks, { exclude: ['*k[1]*'] })).not.toContain('/b.0/k[1]/MatMul')
    expect(select(blocks, { include: ['/b.0/k[1]/MatMul'] })).toEqual(['/b.0/k[1]/MatMul'])
    for (const pattern of ['/bx0/*', '*k[12]*', 'q', '/b.0/q', '*q', '(.+)', '/b.?/*']) {
      expect(() => select(blocks, { include: [pattern] })).toThrow(/no linear layer/)
    }
  })

  it('does not bring back an excluded role by including its layers', () => {
    expect(() => select(blocks, { include: ['*'], excludeRoles: ['q', 'k', 'head', 'other'] })).toThrow(
      /No linear layer is left to compress.*include more of them or exclude fewer/
    )
  })

  it.each([
    [
      '/b.0/p/MatMul',
      "The model has no linear layer '/b.0/p/MatMul' to include, but '/b.0/q/MatMul' and '/b.1/q/MatMul' and '/b.0/k[1]/MatMul' come near; 'lathe inspect' lists the layers."
    ],
    [
      '*k[2]*',
      "The model has no linear layer whose id fits '*k[2]*' to include, but '/b.0/k[1]/MatMul' and '/b.1/k[1]/MatMul' come near; 'lathe inspect' lists the layers."
    ],
    [
      '*decoder*',
      "The model has no linear layer whose id fits '*decoder*' to include; 'lathe inspect' lists the layers."
    ]
  ])('names the pattern that nothing fits, and what is near it: %s', (pattern, message) => {
    expect(() => select(blocks, { include: ['*q*', pattern] })).toThrow(
      expect.objectContaining({ code: 'invalid-input', message })
    )
  })
})
