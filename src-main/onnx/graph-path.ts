/** How Lathe says in which graph of a model a value or node is: the main graph, or a path down to a subgraph. */
import { WorkbenchError } from '@contract/errors'
import type { Graph, Model, Node } from './ir/model'

/**
 * Pairs of steps from the main graph inwards: the first output of a control-flow node, then the attribute that
 * holds the subgraph (`then_branch`, `body`, or `name[index]` for a list of graphs). Empty for the main graph.
 *
 * Outputs identify nodes here because ONNX promises that they are unique, and does not promise that of node names.
 */
export type GraphPath = readonly string[]

/** The first output that the node really has; '' for a node without any. */
export function firstOutput(node: Node): string {
  return node.outputs.find((output) => output !== '') ?? ''
}

/** The graphs inside a node with the path step that leads to each, in attribute order. */
export function namedSubgraphs(node: Node): { readonly name: string; readonly graph: Graph }[] {
  return [...node.attributes].flatMap(([name, attribute]) => {
    if (attribute.kind === 'graph') return [{ name, graph: attribute.value }]
    if (attribute.kind === 'graphs')
      return attribute.value.map((graph, index) => ({ name: `${name}[${index}]`, graph }))
    return []
  })
}

/** The path of the subgraph `name` of `node`, where `node` is in the graph at `path`. */
export function subgraphPath(path: GraphPath, node: Node, name: string): GraphPath {
  return [...path, firstOutput(node), name]
}

/**
 * One name for a value of any graph of a model: the value's own in the main graph, else the path and the value
 * joined by ` > `. Two branches may define the same name, so the bare name would not do.
 */
export function qualifiedName(path: GraphPath, value: string): string {
  return [...path, value].join(' > ')
}

/** @throws WorkbenchError `invalid-input` when the model has no such subgraph. */
export function graphAt(model: Model, path: GraphPath): Graph {
  let graph = model.graph
  for (let step = 0; step + 1 < path.length; step += 2) {
    const output = path[step]!
    const node = graph.nodes.find((candidate) => firstOutput(candidate) === output)
    const subgraph = node && namedSubgraphs(node).find((candidate) => candidate.name === path[step + 1])
    if (subgraph === undefined) {
      throw new WorkbenchError(
        'invalid-input',
        `The model has no subgraph at '${path.slice(0, step + 2).join(' > ')}'.`
      )
    }
    graph = subgraph.graph
  }
  return graph
}

/** Visits every graph of a model, a graph before those inside it, each with its path. */
export function forEachGraph(model: Model, visit: (graph: Graph, path: GraphPath) => void): void {
  function descend(graph: Graph, path: GraphPath): void {
    visit(graph, path)
    for (const node of graph.nodes) {
      for (const { name, graph: inner } of namedSubgraphs(node))
        descend(inner, subgraphPath(path, node, name))
    }
  }
  descend(model.graph, [])
}
