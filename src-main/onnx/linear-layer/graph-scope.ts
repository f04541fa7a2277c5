import type { Graph, Model, Node } from '../ir/model'
import { indexGraph, type GraphIndex } from '../graph-index'
import { namedSubgraphs, subgraphPath, type GraphPath } from '../graph-path'

/** A graph of a model with its index and the graph around it, so that names can be looked up as ONNX does. */
export interface GraphScope {
  readonly path: GraphPath
  readonly graph: Graph
  readonly index: GraphIndex
  /** The scope around, and the node in it that holds this graph; undefined for the main graph. */
  readonly outer: { readonly scope: GraphScope; readonly node: Node } | undefined
}

/** Every graph of the model, a graph before those inside it. */
export function graphScopes(model: Model): readonly GraphScope[] {
  const scopes: GraphScope[] = []
  function descend(graph: Graph, path: GraphPath, outer: GraphScope['outer']): void {
    const scope: GraphScope = { path, graph, index: indexGraph(graph), outer }
    scopes.push(scope)
    for (const node of graph.nodes) {
      for (const inner of namedSubgraphs(node)) {
        descend(inner.graph, subgraphPath(path, node, inner.name), { scope, node })
      }
    }
  }
  descend(model.graph, [], undefined)
  return scopes
}
