import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './build/graph-builder'
import type { Graph } from './ir/model'
import { forEachGraph, graphAt, qualifiedName } from './graph-path'

const leaf: Graph = { ...new GraphBuilder('leaf').build().graph }

function holding(name: string, outputs: readonly string[]) {
  const builder = new GraphBuilder(name)
  builder.nodes('If', ['flag'], {
    outputs,
    attributes: {
      then_branch: { kind: 'graph', value: leaf },
      others: { kind: 'graphs', value: [leaf, { ...leaf, name: 'second' }] }
    }
  })
  return builder.build()
}

describe('graph paths', () => {
  const model = holding('main', ['', 'y'])

  it('lead to every graph that they were made for', () => {
    const found: [string, string][] = []
    forEachGraph(model, (graph, path) => {
      found.push([path.join(' > '), graph.name])
      expect(graphAt(model, path)).toBe(graph)
    })
    expect(found).toEqual([
      ['', 'main'],
      ['y > then_branch', 'leaf'],
      ['y > others[0]', 'leaf'],
      ['y > others[1]', 'second']
    ])
  })

  it('qualify a value by where it is', () => {
    expect([qualifiedName([], 'v'), qualifiedName(['y', 'body'], 'v')]).toEqual(['v', 'y > body > v'])
  })

  it('refuse what the model does not have', () => {
    expect(() => graphAt(model, ['y', 'missing'])).toThrow(/no subgraph at 'y > missing'/)
    expect(() => graphAt(model, ['z', 'then_branch'])).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})
