import { describe, expect, it } from 'vitest'
import { buildModel } from '../../tests/helpers/linear-models'
import { assertInvariants } from '../onnx/invariants'
import { float32Tensor } from '../onnx/ir/tensor'
import { parametersToInputs } from './parameters-to-inputs'

function model() {
  return buildModel((b) => {
    b.input('x', 'float32', [2])
    const [w, v] = ['w', 'v'].map((name) => b.initializer(float32Tensor(name, [2], Float32Array.of(1, 2))))
    b.output(b.node('Add', [b.node('Mul', ['x', w!]), v!]), 'float32')
  })
}

describe('parametersToInputs', () => {
  it('moves the named initializers and returns their values', () => {
    const original = model()
    const { model: moved, parameters } = parametersToInputs(original, ['w'])
    assertInvariants(moved)
    expect([...parameters]).toEqual([['w', original.graph.initializers.get('w')]])
    expect([...moved.graph.initializers.keys()]).toEqual(['v'])
    expect(moved.graph.inputs.slice(1)).toEqual([
      { name: 'w', type: { kind: 'tensor', dataType: 'float32', dims: [2] } }
    ])
    expect(original).toEqual(model())
  })

  it('does not list twice what an old model lists already', () => {
    const old = model()
    const listed = { name: 'w', type: { kind: 'tensor', dataType: 'float32', dims: [2] } } as const
    const graph = { ...old.graph, inputs: [...old.graph.inputs, listed] }
    const moved = parametersToInputs({ ...old, graph }, ['w']).model
    assertInvariants(moved)
    expect(moved.graph.inputs.map(({ name }) => name)).toEqual(['x', 'w'])
  })

  it('refuses what is no initializer', () => {
    expect(() => parametersToInputs(model(), ['x'])).toThrowError(
      expect.objectContaining({
        code: 'invalid-input',
        message: "The model has no initializer 'x' to train."
      })
    )
  })
})
