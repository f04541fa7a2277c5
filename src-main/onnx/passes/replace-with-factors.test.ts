import { describe, expect, it } from 'vitest'
import {
  buildModel,
  inFeatures,
  linearLayer,
  matmulForms,
  modelInType,
  modelWithBranches,
  outFeatures,
  randomTensor
} from '../../../tests/helpers/linear-models'
import { indexGraph } from '../graph-index'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { replaceWithFactors, type StoredFactors } from './replace-with-factors'
import { rewritableLayers, rewriteObstacle } from './rewrite-obstacle'

function factorsOfRank(rank: number): StoredFactors {
  return {
    rank,
    down: new Float32Array(inFeatures * rank),
    up: new Float32Array(rank * outFeatures)
  }
}

describe('replaceWithFactors', () => {
  const { model } = matmulForms[0]!
  const [layer] = locateLinearLayers(model)

  it('is not a change without replacements', () => {
    const result = replaceWithFactors(model, [])
    expect(result).toEqual({ model, modified: false })
    expect(result.model).toBe(model)
  })

  it('refuses factors of another size', () => {
    for (const factors of [
      { ...factorsOfRank(2), rank: 3 },
      { ...factorsOfRank(2), down: new Float32Array(1) },
      { ...factorsOfRank(2), up: new Float32Array(1) }
    ]) {
      expect(() => replaceWithFactors(model, [{ layer: layer!, factors }])).toThrow(
        expect.objectContaining({ code: 'internal' })
      )
    }
  })

  it('refuses a layer that the model does not have', () => {
    const replacements = [{ layer: linearLayer({ nodeOutput: 'elsewhere' }), factors: factorsOfRank(1) }]
    expect(() => replaceWithFactors(model, replacements)).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: "The model has no layer 'layer'; locate the layers of this model again."
      })
    )
  })

  it.each([
    ['in float16', modelInType('float16'), "Layer 'y' multiplies in float16, expected float32; exclude it."],
    ['in float64', modelInType('float64'), "Layer 'y' multiplies in float64, expected float32; exclude it."],
    [
      'inside a subgraph',
      modelWithBranches(),
      "Layer 'then_product' is inside a subgraph, where layers cannot be rewritten yet; exclude it."
    ]
  ])('refuses a layer %s', (_, unsupported, message) => {
    const replacements = locateLinearLayers(unsupported).map((each) => ({
      layer: each,
      factors: factorsOfRank(1)
    }))
    expect(() => replaceWithFactors(unsupported, replacements)).toThrow(
      expect.objectContaining({ code: 'unsupported-model', message })
    )
  })
})

describe('rewriteObstacle', () => {
  it('looks at the type of the product, not at that of the stored weight', () => {
    for (const { model } of matmulForms) {
      expect(rewriteObstacle(indexGraph(model.graph), locateLinearLayers(model)[0]!)).toBeUndefined()
    }
    expect(locateLinearLayers(matmulForms[3]!.model)[0]!.weightDataType).toBe('float16')
  })

  it('picks the layers that can be rewritten out of a mixed model', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [1, 2])
      b.node('MatMul', [x, b.initializer(randomTensor('w', [2, 2], 1))], { name: 'plain' })
      const wide = b.input('z', 'float64', [1, 2])
      const stored = { ...randomTensor('v', [1, 2], 2), dataType: 'float64', dims: [1, 1] } as const
      b.node('MatMul', [wide, b.initializer(stored)], { name: 'wide' })
    })
    const layers = locateLinearLayers(model)
    expect(layers.map(({ id }) => id)).toEqual(['plain', 'wide'])
    expect(rewritableLayers(model, layers).map(({ id }) => id)).toEqual(['plain'])
  })
})
