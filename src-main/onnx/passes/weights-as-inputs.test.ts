import { describe, expect, it } from 'vitest'
import { deferredModel } from '../../../tests/helpers/deferred-model'
import { buildModel, randomTensor } from '../../../tests/helpers/linear-models'
import { assertInvariants } from '../invariants'
import { weightsAsInputs } from './weights-as-inputs'

const { model, reads } = deferredModel(
  buildModel((b) => {
    const x = b.input('x', 'float32', [1, 7])
    const product = b.node('MatMul', [x, b.initializer(randomTensor('w', [7, 4], 1))])
    b.output(b.node('Add', [product, b.initializer(randomTensor('b', [4], 2))]), 'float32')
  })
)

describe('weightsAsInputs', () => {
  it('turns large weights into inputs of their type and shape, and reads none', () => {
    const { model: graphOnly, modified } = weightsAsInputs(model, 17)
    assertInvariants(graphOnly)
    expect(modified).toBe(true)
    expect([...graphOnly.graph.initializers.keys()]).toEqual(['b'])
    expect(graphOnly.graph.inputs.at(-1)).toEqual({
      name: 'w',
      type: { kind: 'tensor', dataType: 'float32', dims: [7, 4] }
    })
    expect(reads).toEqual([])
  })

  it('declares a weight once that is an input already, as in old models', () => {
    const declared = { name: 'w', type: { kind: 'tensor', dataType: 'float32', dims: [7, 4] } } as const
    const old = { ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, declared] } }
    expect(weightsAsInputs(old, 17).model.graph.inputs).toEqual(old.graph.inputs)
  })

  it('returns the same model when all is small', () => {
    expect(weightsAsInputs(model, 113)).toEqual({ model, modified: false })
  })
})
