import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './build/graph-builder'
import { indexGraph, outerValues, usedValues } from './graph-index'
import type { Graph, Node } from './ir/model'
import { float32Tensor } from './ir/tensor'

/** `result` = `x` + `outer`, where only `x` is an input. */
function branch(): Graph {
  const builder = new GraphBuilder('branch')
  const weight = builder.initializer(float32Tensor('weight', [1], Float32Array.of(1)))
  const sum = builder.node('Add', [weight, 'outer'], { outputs: ['sum'] })
  builder.output(sum, 'float32')
  builder.output('passed', 'float32')
  return builder.build().graph
}

describe('indexGraph', () => {
  const builder = new GraphBuilder('main')
  const x = builder.input('x', 'float32', [1])
  const outer = builder.node('Relu', [x], { outputs: ['outer'] })
  const twice = builder.node('Mul', [outer, outer], { outputs: ['twice'] })
  builder.nodes('If', [twice, ''], {
    outputs: ['', 'chosen'],
    attributes: {
      then_branch: { kind: 'graph', value: branch() },
      else_branch: { kind: 'graph', value: branch() }
    }
  })
  builder.output('chosen', 'float32')
  const index = indexGraph(builder.build().graph)
  const names = (nodes: readonly Node[]) => nodes.map(({ opType }) => opType)

  it('finds the producer of each output, and none for inputs and left-out names', () => {
    expect(index.producer('outer')?.opType).toBe('Relu')
    expect(index.producer('chosen')?.opType).toBe('If')
    expect(index.producer('x')).toBeUndefined()
    expect(index.producer('')).toBeUndefined()
  })

  it('lists each consumer once, also when it uses the value twice or inside a subgraph', () => {
    expect(names(index.consumers('outer'))).toEqual(['Mul', 'If'])
    expect(names(index.consumers('passed'))).toEqual(['If'])
    expect(index.consumers('')).toEqual([])
    expect(index.consumers('chosen')).toEqual([])
  })

  it('knows the outputs of the graph', () => {
    expect(index.isGraphOutput('chosen')).toBe(true)
    expect(index.isGraphOutput('outer')).toBe(false)
  })

  it('tells what a subgraph takes from outside', () => {
    expect(outerValues(branch())).toEqual(new Set(['outer', 'passed']))
    const condition = index.producer('chosen')
    expect(condition && usedValues(condition)).toEqual(new Set(['twice', 'outer', 'passed']))
  })
})
