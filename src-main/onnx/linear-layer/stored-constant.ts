import { readInts } from '../ir/attribute'
import { dataTypeNumber, isFloatingDataType, type DataType } from '../ir/data-type'
import type { Node } from '../ir/model'
import type { Tensor } from '../ir/tensor'
import { qualifiedName } from '../graph-path'
import type { GraphScope } from './graph-scope'
import { isStandardOperator } from '../ir/operator-domains'

/** A constant floating-point operand: the tensor that stores it and how it is read. */
export interface StoredConstant {
  /** The initializer, or the output of the Constant node. */
  readonly name: string
  /** The name qualified by the graph that stores the tensor: equal for two operands exactly when they share it. */
  readonly home: string
  readonly tensor: Tensor
  /** Whether the operand is the transpose of the stored matrix. */
  readonly isTransposed: boolean
}

/** Nodes between a constant and its use: exporters leave two or three, a hostile model as many as it likes. */
const mostNodesBetween = 16

/**
 * The stored constant behind `value`, through at most 16 Identity, exact Cast and matrix Transpose nodes, in this graph or
 * one around it. Undefined when the value is computed, not floating-point, or may be fed as a graph input.
 *
 * - `nodesBetween` how many such nodes were passed on the way to `value`.
 */
export function findStoredConstant(
  scope: GraphScope,
  value: string,
  nodesBetween = 0
): StoredConstant | undefined {
  const initializer = scope.graph.initializers.get(value)
  if (initializer !== undefined) return stored(scope, value, initializer)
  const producer = scope.index.producer(value)
  if (producer !== undefined) {
    return nodesBetween > mostNodesBetween ? undefined : throughNode(scope, producer, nodesBetween)
  }
  if (scope.outer === undefined || scope.graph.inputs.some((input) => input.name === value)) return undefined
  return findStoredConstant(scope.outer.scope, value, nodesBetween)
}

function stored(scope: GraphScope, name: string, tensor: Tensor): StoredConstant | undefined {
  if (!isReadable(tensor.dataType)) return undefined
  return { name, home: qualifiedName(scope.path, name), tensor, isTransposed: false }
}

function throughNode(scope: GraphScope, node: Node, nodesBetween: number): StoredConstant | undefined {
  if (!isStandardOperator(node)) return undefined
  if (node.opType === 'Constant') {
    const attribute = node.attributes.get('value')
    const output = node.outputs[0] ?? ''
    return attribute?.kind === 'tensor' ? stored(scope, output, attribute.value) : undefined
  }
  if (!['Identity', 'Cast', 'Transpose'].includes(node.opType)) return undefined
  const source = findStoredConstant(scope, node.inputs[0] ?? '', nodesBetween + 1)
  if (source === undefined) return undefined
  if (node.opType === 'Identity') return source
  if (node.opType === 'Cast') return isExactCast(source.tensor.dataType, node) ? source : undefined
  const permutation = readInts(node, 'perm') ?? [1, 0]
  const isMatrix = source.tensor.dims.length === 2 && permutation.length === 2
  if (!isMatrix) return undefined
  return permutation[0] === 1 ? { ...source, isTransposed: !source.isTransposed } : source
}

/** The types whose values `readWeight` understands. */
function isReadable(dataType: DataType): boolean {
  return isFloatingDataType(dataType) && widths.has(dataType)
}

const widths: ReadonlyMap<DataType, number> = new Map<DataType, number>([
  ['float16', 1],
  ['bfloat16', 1],
  ['float32', 2],
  ['float64', 3]
])

/** Whether a Cast keeps every value; a narrowing one would make the stored numbers a lie. */
function isExactCast(from: DataType, cast: Node): boolean {
  const attribute = cast.attributes.get('to')
  if (attribute?.kind !== 'int') return false
  const target = [...widths.keys()].find((dataType) => dataTypeNumber(dataType) === Number(attribute.value))
  if (target === undefined) return false
  return target === from || widths.get(target)! > widths.get(from)!
}
