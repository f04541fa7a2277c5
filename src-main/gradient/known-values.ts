/** What a model says about its values before it runs: declared types, and tensors that no feed can replace. */
import type { DataType } from '../onnx/ir/data-type'
import type { Model, TensorShapeType } from '../onnx/ir/model'
import { int64Tensor, typedTensor, type Tensor } from '../onnx/ir/tensor'

/** What the model's author wrote down, for values that inference does not reach. */
export function declaredTypes({ graph }: Model): Map<string, TensorShapeType> {
  const declared = new Map<string, TensorShapeType>()
  for (const { name, type } of [...graph.valueInfos, ...graph.inputs, ...graph.outputs]) {
    if (type?.kind === 'tensor') declared.set(name, type)
  }
  return declared
}

/** Initializers that no feed can replace, and tensors of Constant nodes. */
export function constantTensors({ graph }: Model): Map<string, Tensor> {
  const tensors = new Map(graph.initializers)
  for (const { name } of graph.inputs) tensors.delete(name)
  for (const node of graph.nodes) {
    if (node.opType !== 'Constant') continue
    const [output] = node.outputs
    const attribute = [...node.attributes.values()][0]
    if (output === undefined || attribute === undefined) continue
    if (attribute.kind === 'tensor') tensors.set(output, attribute.value)
    if (attribute.kind === 'int') tensors.set(output, int64Tensor(output, [], [Number(attribute.value)]))
    if (attribute.kind === 'float')
      tensors.set(output, numberTensor(output, 'float32', [], [attribute.value]))
    if (attribute.kind === 'ints') {
      tensors.set(output, int64Tensor(output, [attribute.value.length], attribute.value.map(Number)))
    }
  }
  return tensors
}

/** A small tensor of numbers in any type that graphs are written in. */
export function numberTensor(
  name: string,
  dataType: DataType,
  dims: readonly number[],
  values: readonly number[]
): Tensor {
  switch (dataType) {
    case 'int64':
      return int64Tensor(name, dims, values)
    case 'int32':
      return typedTensor(name, dataType, dims, Int32Array.from(values))
    case 'bool':
      return typedTensor(name, dataType, dims, Uint8Array.from(values))
    case 'float64':
      return typedTensor(name, dataType, dims, Float64Array.from(values))
    default:
      return typedTensor(name, 'float32', dims, Float32Array.from(values))
  }
}
