import { WorkbenchError } from '@contract/errors'
import type { Model } from '../onnx/ir/model'
import { elementCount, float32Tensor } from '../onnx/ir/tensor'
import type { StepValues } from './step-runner'

/**
 * The model with other weights: the same graph, names and order, only the initializers in `values` replaced.
 *
 * @throws WorkbenchError `internal` for values that are no initializer of the model, or of another size.
 */
export function withWeights(model: Model, values: StepValues): Model {
  const initializers = new Map(model.graph.initializers)
  for (const [name, data] of values) {
    const old = initializers.get(name)
    if (old === undefined || elementCount(old.dims) !== data.length) {
      throw new WorkbenchError(
        'internal',
        `The model has no initializer '${name}' of ${data.length} numbers.`
      )
    }
    // What an exporter noted beside a tensor, such as a description, still holds.
    initializers.set(name, { ...old, ...float32Tensor(name, old.dims, data) })
  }
  return { ...model, graph: { ...model.graph, initializers } }
}
