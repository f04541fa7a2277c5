import { describe, expect, it } from 'vitest'
import { buildModel } from '../../../tests/helpers/linear-models'
import type { Attribute, Model } from '../ir/model'
import { raiseOpset } from './raise-opset'

function modelAt(opset: number, opType = 'Relu', outputs = ['y']): Model {
  const model = buildModel((b) => {
    const x = b.input('x', 'float32', [2])
    b.node(opType, [x], { outputs })
    b.output('y', 'float32')
  })
  return {
    ...model,
    opsetImports: new Map([
      ['', opset],
      ['com.microsoft', 1]
    ])
  }
}

describe('raiseOpset', () => {
  it.each([13, 14, 15])('declares opset 16 for a model of %d, and changes nothing else', (opset) => {
    const model = modelAt(opset)
    const raised = raiseOpset(model)
    expect(raised.modified).toBe(true)
    expect([...raised.model.opsetImports]).toEqual([
      ['', 16],
      ['com.microsoft', 1]
    ])
    expect(raised.model.graph).toBe(model.graph)
  })

  it.each([
    ['is older', modelAt(12)],
    ['is there already', modelAt(16)],
    ['is newer', modelAt(21)],
    ['has an operator whose default moved', modelAt(13, 'RoiAlign')],
    ['trains a BatchNormalization', modelAt(14, 'BatchNormalization', ['y', 'mean'])],
    ['has one in a branch', withBranch(modelAt(13, 'RoiAlign'))]
  ])('leaves a model that %s as it is', (_, model) => {
    expect(raiseOpset(model)).toEqual({ model, modified: false })
  })
})

function withBranch(inner: Model): Model {
  const model = modelAt(13, 'If')
  const [node] = model.graph.nodes
  const attributes = new Map<string, Attribute>([['then_branch', { kind: 'graph', value: inner.graph }]])
  return { ...model, graph: { ...model.graph, nodes: [{ ...node!, attributes }] } }
}
