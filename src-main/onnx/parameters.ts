import { readInt } from './ir/attribute'
import { isFloatingDataType, type DataType } from './ir/data-type'
import { elementCount, type Tensor } from './ir/tensor'
import type { Model } from './ir/model'
import { forEachGraph, qualifiedName } from './graph-path'

export interface ParameterCount {
  /** Stored weight scalars. */
  readonly parameterCount: number
  /** Tensors that hold them. */
  readonly storedTensorCount: number
}

/** Types of quantized weights. int32, int64 and bool hold shapes, indices and quantized biases. */
const quantizedDataTypes: ReadonlySet<DataType> = new Set<DataType>([
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int4',
  'uint4',
  'int2',
  'uint2'
])

/**
 * The weight scalars that a model stores, each tensor once however many nodes use it.
 *
 * Counted: floating-point and quantized tensors among the initializers and Constant nodes of the main graph, of
 * subgraphs and of model-local functions, scalars such as a scale of 0.125 included. Not counted: integer and
 * boolean constants (shapes, indices, masks), quantization zero points, and sparse zeros. A packed weight of MatMulNBits
 * counts as the K · N scalars of its matrix, whatever their bits and the padding of its blocks.
 */
export function countParameters(model: Model): ParameterCount {
  const tensors = new Map<string, Tensor>()
  const zeroPoints = new Set<string>()
  const packed = new Map<string, number>()
  const visit = (
    path: readonly string[],
    nodes: Model['graph']['nodes'],
    initializers: ReadonlyMap<string, Tensor>
  ): void => {
    for (const [name, tensor] of initializers) tensors.set(qualifiedName(path, name), tensor)
    for (const node of nodes) {
      if (node.opType === 'Constant') {
        const value = node.attributes.get('value')
        if (value?.kind === 'tensor') tensors.set(qualifiedName(path, node.outputs[0] ?? ''), value.value)
      }
      const zeroPointInputs = zeroPointInputsOf(node.opType)
      for (const index of zeroPointInputs) {
        for (const name of visibleNames(path, node.inputs[index])) zeroPoints.add(name)
      }
      if (node.opType === 'MatMulNBits') {
        const count = readInt(node, 'K', 0) * readInt(node, 'N', 0)
        for (const name of visibleNames(path, node.inputs[1])) packed.set(name, count)
      }
    }
  }
  forEachGraph(model, (graph, path) => visit(path, graph.nodes, graph.initializers))
  for (const declared of model.functions)
    visit([`${declared.domain}::${declared.name}`], declared.nodes, new Map())

  const weights = [...tensors].filter(([name, tensor]) => isWeight(tensor.dataType) && !zeroPoints.has(name))
  return {
    parameterCount: weights.reduce(
      (sum, [name, tensor]) => sum + (packed.get(name) ?? elementCount(tensor.dims)),
      0
    ),
    storedTensorCount: weights.length
  }
}

function isWeight(dataType: DataType): boolean {
  return isFloatingDataType(dataType) || quantizedDataTypes.has(dataType)
}

/** What a name used in a graph may refer to: a tensor of that graph or of any around it. Some do not exist; no harm. */
function visibleNames(path: readonly string[], name: string | undefined): string[] {
  if (name === undefined || name === '') return []
  const names: string[] = []
  for (let depth = path.length; depth >= 0; depth -= 2) names.push(qualifiedName(path.slice(0, depth), name))
  return names
}

/** Positions of the zero points among the inputs of a quantized operator. */
function zeroPointInputsOf(operator: string): readonly number[] {
  switch (operator) {
    case 'QuantizeLinear':
    case 'DequantizeLinear':
      return [2]
    case 'MatMulInteger':
    case 'ConvInteger':
      return [2, 3]
    case 'QLinearMatMul':
    case 'QLinearConv':
      return [2, 5, 7]
    case 'MatMulIntegerToFloat':
      return [4, 5]
    case 'DynamicQuantizeMatMul':
    case 'MatMulNBits':
      return [3]
    default:
      return []
  }
}
