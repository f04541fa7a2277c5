import type { Model } from '../ir/model'
import type { PassResult } from './pass'

/**
 * The model with every initializer of its main graph from `minimumBytes` on turned into an input of the same type and shape.
 *
 * What is left is the graph: a runtime checks operators, types and shapes of a model that it has no room to load.
 */
export function weightsAsInputs(model: Model, minimumBytes: number): PassResult {
  const { graph } = model
  const declared = new Set(graph.inputs.map(({ name }) => name))
  const inputs = [...graph.inputs]
  const initializers = new Map(graph.initializers)
  for (const [name, { dataType, dims, data }] of graph.initializers) {
    const lengthBytes =
      data.kind === 'bytes' ? data.bytes.byteLength : data.kind === 'strings' ? 0 : data.lengthBytes
    if (lengthBytes < minimumBytes) continue
    initializers.delete(name)
    if (!declared.has(name)) inputs.push({ name, type: { kind: 'tensor', dataType, dims } })
  }
  if (initializers.size === graph.initializers.size) return { model, modified: false }
  return { model: { ...model, graph: { ...graph, inputs, initializers } }, modified: true }
}
