import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { mapTensors, visitTensors } from './map-tensors'

describe('mapTensors', () => {
  it('returns the same model when nothing is replaced', () => {
    const model = everyFeatureModel()
    expect(mapTensors(model, (tensor) => tensor)).toBe(model)
  })

  it('reaches initializers, attributes, sparse tensors and subgraphs, and shares the rest', () => {
    const model = everyFeatureModel()
    const places = { initializer: 0, attribute: 0, part: 0 }
    visitTensors(model, (_, place) => places[place]++)
    // Main graph, two branches and three graph attributes; `tensor` and `tensors`; three sparse tensors of two parts.
    expect(places).toEqual({ initializer: model.graph.initializers.size + 5, attribute: 2, part: 6 })

    const replaced = mapTensors(model, (tensor, place) =>
      place === 'attribute' ? { ...tensor, docString: 'replaced' } : tensor
    )
    expect(replaced).not.toBe(model)
    expect(replaced.graph.initializers).toBe(model.graph.initializers)
    expect(replaced.graph.nodes[0]).toBe(model.graph.nodes[0])
    const value = replaced.graph.nodes[1]?.attributes.get('tensor')
    expect(value?.kind === 'tensor' && value.value.docString).toBe('replaced')
  })
})
