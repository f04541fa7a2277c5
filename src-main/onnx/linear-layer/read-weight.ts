import { WorkbenchError } from '@contract/errors'
import type { Model } from '../ir/model'
import { elementCount, isDeferred, type Tensor, type TensorValues } from '../ir/tensor'
import { graphAt } from '../graph-path'
import { floatingValues } from './floating-values'
import type { LinearLayer } from './linear-layer'

/** The matrix of a linear layer, row-major [in, out]. */
export interface WeightMatrix {
  readonly in: number
  readonly out: number
  readonly data: Float64Array
}

/**
 * The weight W [in, out] of a layer, in float64, whatever the operator and the layout in the file.
 * A Gemm's alpha is not applied: it stays on the node. A copy; the model is not modified.
 *
 * A weight whose values are deferred is read anew by every call: keep what is needed of it, not the weight.
 *
 * @throws WorkbenchError `invalid-input` when the model does not hold the weight, `internal` when its external
 * data has not been loaded.
 */
export function readWeight(model: Model, layer: LinearLayer): WeightMatrix {
  const tensor = storedTensor(model, layer, layer.weightName)
  const { inFeatures, outFeatures } = layer
  if (elementCount(tensor.dims) !== inFeatures * outFeatures) {
    throw new WorkbenchError(
      'invalid-input',
      `The weight '${layer.weightName}' has shape [${tensor.dims.join(', ')}], expected ${inFeatures} x ${outFeatures} for layer '${layer.id}'.`
    )
  }
  const values = floatingValues(tensor)
  const data = layer.weightLayout === 'in-out' ? values : transposed(values, outFeatures, inFeatures)
  return { in: inFeatures, out: outFeatures, data }
}

/**
 * Values that are made from a layer's weight: at once where that is in memory, else each time that they are asked for.
 *
 * @throws WorkbenchError as `readWeight`.
 */
export function valuesFromWeight<Values extends Readonly<ArrayBufferView>>(
  model: Model,
  layer: LinearLayer,
  make: (weight: WeightMatrix) => Values
): TensorValues<Values> {
  const remake = () => make(readWeight(model, layer))
  return hasDeferredWeight(model, layer) ? remake : remake()
}

/** Whether the weight's values are not in memory (`isDeferred`). @throws WorkbenchError as `readWeight`. */
export function hasDeferredWeight(model: Model, layer: LinearLayer): boolean {
  return isDeferred(storedTensor(model, layer, layer.weightName))
}

/**
 * The bias b [out] of a layer in float64, or undefined when it has none. A Gemm's beta is not applied.
 *
 * @throws WorkbenchError as `readWeight`.
 */
export function readBias(model: Model, layer: LinearLayer): Float64Array | undefined {
  if (layer.biasName === undefined) return undefined
  return floatingValues(storedTensor(model, layer, layer.biasName))
}

/** The tensor stored under `name`, as seen from the layer's graph: nearest graph first. */
function storedTensor(model: Model, layer: LinearLayer, name: string): Tensor {
  for (let depth = layer.graphPath.length; depth >= 0; depth -= 2) {
    const graph = graphAt(model, layer.graphPath.slice(0, depth))
    const initializer = graph.initializers.get(name)
    if (initializer !== undefined) return initializer
    const node = graph.nodes.find((candidate) => candidate.outputs.includes(name))
    const value = node?.attributes.get('value')
    if (value?.kind === 'tensor') return value.value
  }
  throw new WorkbenchError(
    'invalid-input',
    `The model holds no tensor '${name}' for layer '${layer.id}'; locate the layers of this model again.`
  )
}

/** [rows, columns] to [columns, rows]. */
function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(values.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!
  }
  return result
}
