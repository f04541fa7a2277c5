import { WorkbenchError } from '@contract/errors'
import type { Model, ValueInfo } from '../ir/model'
import type { PassResult } from './pass'

/**
 * Adds intermediate values of the main graph to its outputs, so that one run also returns them.
 *
 * Names that are outputs already are left alone. A value without an annotation becomes an output without a type, which
 * the runtime infers: a guessed one would keep a float16 model from loading.
 *
 * @throws WorkbenchError `internal` for a name that the main graph does not define.
 */
export function exposeValues(model: Model, names: Iterable<string>): PassResult {
  const { graph } = model
  const defined = new Set<string>(graph.inputs.map((input) => input.name))
  for (const node of graph.nodes) for (const output of node.outputs) defined.add(output)
  const annotations = new Map([...graph.inputs, ...graph.valueInfos].map((info) => [info.name, info]))
  const present = new Set(graph.outputs.map((output) => output.name))
  const added: ValueInfo[] = []
  for (const name of new Set(names)) {
    if (!defined.has(name))
      throw new WorkbenchError('internal', `The graph has no value '${name}' to expose.`)
    if (!present.has(name)) {
      added.push(annotations.get(name) ?? { name, type: undefined })
    }
  }
  if (added.length === 0) return { model, modified: false }
  return { model: { ...model, graph: { ...graph, outputs: [...graph.outputs, ...added] } }, modified: true }
}
