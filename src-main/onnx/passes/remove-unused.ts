import { usedValues } from '../graph-index'
import type { Graph, Model, Node } from '../ir/model'
import type { Tensor } from '../ir/tensor'
import type { PassResult } from './pass'

/**
 * Drops nodes whose outputs nobody uses, and initializers that are left without a user.
 *
 * Works on the main graph, from the outputs backwards; what subgraphs take from it counts as used. Graph inputs stay,
 * also when they became useless: they are the model's interface. An input that only offered to override a dropped
 * initializer, as every weight does in old models, goes with it: it would have turned into one that must be fed.
 */
export function removeUnused(model: Model): PassResult {
  const { graph } = model
  const needed = new Set(graph.outputs.map((output) => output.name))
  const kept: Node[] = []
  // Nodes are in topological order, so one walk from the back sees every user before its producer.
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    kept.push(node)
    for (const value of usedValues(node)) needed.add(value)
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)))
  const modified = kept.length !== graph.nodes.length || initializers.size !== graph.initializers.size
  if (!modified) return { model, modified }
  return { model: { ...model, graph: withoutOrphans(graph, kept.reverse(), initializers) }, modified }
}

function withoutOrphans(
  graph: Graph,
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>
): Graph {
  const isDropped = (name: string) => graph.initializers.has(name) && !initializers.has(name)
  const inputs = graph.inputs.filter(({ name }) => !isDropped(name))
  const present = new Set([...inputs.map(({ name }) => name), ...initializers.keys()])
  for (const { values } of graph.sparseInitializers) present.add(values.name)
  for (const node of nodes) for (const output of node.outputs) present.add(output)
  return {
    ...graph,
    nodes,
    initializers,
    inputs,
    valueInfos: graph.valueInfos.filter((info) => present.has(info.name)),
    quantizationAnnotations: graph.quantizationAnnotations.filter((each) => present.has(each.tensorName))
  }
}
