import { WorkbenchError } from '@contract/errors'
import type { Model, ValueInfo } from '../onnx/ir/model'
import type { Tensor } from '../onnx/ir/tensor'

export interface ModelWithParameters {
  readonly model: Model
  /** The values that the parameters had, by name: the first feeds. */
  readonly parameters: ReadonlyMap<string, Tensor>
}

/**
 * Turns initializers into graph inputs of the same names, so that a training loop can feed other values each step.
 * The inverse is putting a tensor back under its name.
 *
 * Do this before `differentiate`: a gradient then never takes a weight for a constant.
 *
 * @throws WorkbenchError `invalid-input` for a name that is no initializer of the main graph.
 */
export function parametersToInputs(model: Model, names: Iterable<string>): ModelWithParameters {
  const { graph } = model
  const parameters = new Map<string, Tensor>()
  for (const name of names) {
    const tensor = graph.initializers.get(name)
    if (tensor === undefined) {
      throw new WorkbenchError('invalid-input', `The model has no initializer '${name}' to train.`)
    }
    parameters.set(name, tensor)
  }
  // Old models list every initializer among the inputs too.
  const listed = new Set(graph.inputs.map(({ name }) => name))
  const added = [...parameters.values()]
    .filter(({ name }) => !listed.has(name))
    .map(({ name, dataType, dims }): ValueInfo => ({ name, type: { kind: 'tensor', dataType, dims } }))
  const initializers = new Map([...graph.initializers].filter(([name]) => !parameters.has(name)))
  return {
    model: { ...model, graph: { ...graph, initializers, inputs: [...graph.inputs, ...added] } },
    parameters
  }
}
