import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { buildModel, modelWithBranches, randomTensor } from '../../../tests/helpers/linear-models'
import { assertInvariants } from '../invariants'
import type { Model, ValueInfo } from '../ir/model'
import { int64Tensor } from '../ir/tensor'
import { removeUnused } from './remove-unused'

const float32 = { kind: 'tensor', dataType: 'float32', dims: [2] } as const

function withGraph(model: Model, graph: Partial<Model['graph']>): Model {
  return { ...model, graph: { ...model.graph, ...graph } }
}

/** y = Relu(x + used), beside a chain of two nodes that ends nowhere. */
function modelWithDeadChain(): Model {
  const model = buildModel((b) => {
    const x = b.input('x', 'float32', [2])
    b.input('useless', 'float32', [2])
    const sum = b.node('Add', [x, b.initializer(randomTensor('used', [2], 1))], { outputs: ['sum'] })
    const dead = b.node('Mul', [sum, b.initializer(randomTensor('unused', [2], 2))], { outputs: ['dead'] })
    b.node('Neg', [dead], { outputs: ['deader'] })
    b.output(b.node('Relu', [sum], { outputs: ['y'] }), 'float32')
  })
  const valueInfos = ['sum', 'dead', 'unused', 'useless'].map((name): ValueInfo => ({ name, type: float32 }))
  const quantizationAnnotations = ['sum', 'dead'].map((tensorName) => ({ tensorName, parameters: new Map() }))
  return withGraph(
    { ...model, metadataProps: new Map([['vocab_size', '28']]) },
    { valueInfos, quantizationAnnotations }
  )
}

describe('removeUnused', () => {
  it('drops dead nodes, then what only they used, with every annotation', () => {
    const model = modelWithDeadChain()
    const before = structuredClone(model)
    const result = removeUnused(model)
    assertInvariants(result.model)
    expect(result.modified).toBe(true)
    const { graph } = result.model
    expect(graph.nodes.map(({ outputs }) => outputs[0])).toEqual(['sum', 'y'])
    expect([...graph.initializers.keys()]).toEqual(['used'])
    expect(graph.valueInfos.map(({ name }) => name)).toEqual(['sum', 'useless'])
    expect(graph.quantizationAnnotations.map(({ tensorName }) => tensorName)).toEqual(['sum'])
    // The interface stays, the useless input too.
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'useless'])
    expect(result.model.metadataProps).toBe(model.metadataProps)
    expect(model).toEqual(before)
  })

  it('has nothing to do the second time', () => {
    const once = removeUnused(modelWithDeadChain()).model
    const twice = removeUnused(once)
    expect(twice.modified).toBe(false)
    expect(twice.model).toBe(once)
  })

  it('counts what a branch of an If takes from around it as used', () => {
    const model = modelWithBranches()
    expect(removeUnused(model)).toEqual({ model, modified: false })
    const isolated = withGraph(model, {
      initializers: new Map([...model.graph.initializers, ['v', randomTensor('v', [1], 1)]])
    })
    const result = removeUnused(isolated)
    expect([...result.model.graph.initializers.keys()]).toEqual(['w'])
  })

  it('keeps a node of which any output is used, and drops a whole If nobody uses', () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [4])
      const [, second] = b.nodes('Split', [x], { outputs: ['first', 'second'] })
      b.output(second!, 'float32')
    })
    expect(removeUnused(model).modified).toBe(false)
    const branches = modelWithBranches()
    const without = withGraph(branches, { outputs: [{ name: 'x', type: undefined }] })
    const { graph } = removeUnused(without).model
    expect([graph.nodes, [...graph.initializers]]).toEqual([[], []])
  })

  it('drops the input that could override a dropped initializer, and keeps the one of a used initializer', () => {
    const model = modelWithDeadChain()
    const inputs = [...model.graph.inputs, ...['used', 'unused'].map((name) => ({ name, type: float32 }))]
    const { graph } = removeUnused(withGraph(model, { inputs })).model
    assertInvariants({ ...model, graph })
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'useless', 'used'])
  })

  it('keeps sparse initializers with their annotations', () => {
    const values = randomTensor('sparse', [1], 1)
    const sparse = { values, indices: int64Tensor('', [1], [0]), dims: [2] }
    const model = modelWithDeadChain()
    const valueInfos = [{ name: 'sparse', type: float32 }]
    const { graph } = removeUnused(withGraph(model, { sparseInitializers: [sparse], valueInfos })).model
    expect([graph.sparseInitializers, graph.valueInfos]).toEqual([[sparse], valueInfos])
  })

  it('keeps an initializer that is an output', () => {
    const model = buildModel((b) => {
      b.output(b.initializer(randomTensor('constant', [2], 1)), 'float32')
    })
    expect(removeUnused(model)).toEqual({ model, modified: false })
  })

  it('leaves everything that it has no business with', () => {
    const model = everyFeatureModel()
    const { model: result, modified } = removeUnused(model)
    assertInvariants(result)
    expect(modified).toBe(true)
    // Of the initializers only `shared` has a user: both branches of the If.
    expect([...result.graph.initializers.keys()]).toEqual(['shared'])
    const { initializers, valueInfos, ...graph } = model.graph
    expect(initializers.size).toBeGreaterThan(1)
    expect(valueInfos.length).toBeGreaterThan(0)
    expect(result).toMatchObject({ ...model, graph })
  })
})
