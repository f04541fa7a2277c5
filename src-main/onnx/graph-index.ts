import { subgraphs } from './ir/attribute'
import type { Graph, Node } from './ir/model'

/** Who makes and who uses each value of one graph. Built once per graph; the graph is immutable. */
export interface GraphIndex {
  readonly graph: Graph
  /** The node of this graph whose output `value` is, if any. */
  producer(value: string): Node | undefined
  /** The nodes of this graph that use `value`, also from inside their subgraphs; each once, in order. */
  consumers(value: string): readonly Node[]
  isGraphOutput(value: string): boolean
}

export function indexGraph(graph: Graph): GraphIndex {
  const producers = new Map<string, Node>()
  const consumers = new Map<string, Node[]>()
  const outputs = new Set(graph.outputs.map((output) => output.name))
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== '') producers.set(output, node)
    for (const input of usedValues(node)) {
      const users = consumers.get(input)
      if (users === undefined) consumers.set(input, [node])
      else users.push(node)
    }
  }
  return {
    graph,
    producer: (value) => producers.get(value),
    consumers: (value) => consumers.get(value) ?? [],
    isGraphOutput: (value) => outputs.has(value)
  }
}

/** Every value a node uses, including those its subgraphs take from outside; each once. */
export function usedValues(node: Node): Set<string> {
  const used = new Set(node.inputs.filter((input) => input !== ''))
  for (const graph of subgraphs(node)) for (const value of outerValues(graph)) used.add(value)
  return used
}

/** The values a subgraph uses but does not define. */
export function outerValues(graph: Graph): Set<string> {
  const defined = new Set<string>([...graph.inputs.map((input) => input.name), ...graph.initializers.keys()])
  for (const node of graph.nodes) for (const output of node.outputs) defined.add(output)
  const outer = new Set<string>()
  for (const node of graph.nodes)
    for (const value of usedValues(node)) if (!defined.has(value)) outer.add(value)
  for (const output of graph.outputs) if (!defined.has(output.name)) outer.add(output.name)
  return outer
}
