import { readFloat, readInt } from '../ir/attribute'
import type { Node } from '../ir/model'
import { elementCount } from '../ir/tensor'
import { convolutionWindow, isPointwise } from './convolution-window'
import type { GraphScope } from './graph-scope'
import type { LinearLayer } from './linear-layer'
import { findStoredConstant, type StoredConstant } from './stored-constant'
import { isStandardOperator } from '../ir/operator-domains'

/** A linear layer as its node alone tells it: everything but names for it, its role and its neighbours. */
export type LinearNode = Pick<
  LinearLayer,
  | 'operator'
  | 'nodeOutput'
  | 'weightName'
  | 'weightLayout'
  | 'weightDataType'
  | 'inFeatures'
  | 'outFeatures'
  | 'input'
  | 'window'
  | 'output'
  | 'biasName'
  | 'alpha'
  | 'beta'
> & {
  readonly node: Node
  readonly scope: GraphScope
  /** Identifies the stored weight in the whole model. */
  readonly weightHome: string
}

/**
 * The linear layer that `node` is, if it is one: MatMul, Gemm or Conv of an activation by a stored weight, or a Gather of
 * rows of a stored weight.
 */
export function findLinearNode(scope: GraphScope, node: Node): LinearNode | undefined {
  if (!isStandardOperator(node)) return undefined
  // Operators with one output; what took the place of a node with two would leave the users of the second without it.
  if (node.outputs.length !== 1 || node.outputs[0] === '') return undefined
  if (node.opType === 'Gather') return gatherLayer(scope, node)
  if (!['MatMul', 'Gemm', 'Conv'].includes(node.opType)) return undefined
  const [input = '', weightInput = ''] = node.inputs
  const weight = findStoredConstant(scope, weightInput)
  // A product of two constants is a constant, not a layer.
  if (weight === undefined || input === '' || findStoredConstant(scope, input) !== undefined) return undefined
  if (isEmpty(weight)) return undefined
  switch (node.opType) {
    case 'MatMul':
      return matmulLayer(scope, node, weight)
    case 'Gemm':
      return gemmLayer(scope, node, weight)
    case 'Conv':
      return convLayer(scope, node, weight)
    default:
      return undefined
  }
}

function matmulLayer(scope: GraphScope, node: Node, weight: StoredConstant): LinearNode | undefined {
  if (weight.tensor.dims.length !== 2) return undefined
  const layout = weight.isTransposed ? 'out-in' : 'in-out'
  return {
    ...described(scope, node, weight, layout),
    operator: 'MatMul',
    ...followingBias(scope, node, weight, layout)
  }
}

function gemmLayer(scope: GraphScope, node: Node, weight: StoredConstant): LinearNode | undefined {
  if (weight.tensor.dims.length !== 2 || readInt(node, 'transA', 0) === 1) return undefined
  const isTransposed = weight.isTransposed !== (readInt(node, 'transB', 0) === 1)
  const layout = isTransposed ? 'out-in' : 'in-out'
  const common = {
    ...described(scope, node, weight, layout),
    operator: 'Gemm' as const,
    alpha: readFloat(node, 'alpha', 1)
  }
  const third = node.inputs[2] ?? ''
  // A computed or oddly shaped C is no bias, and an Add behind it is somebody else's.
  if (third !== '') {
    const biasName = biasOf(scope, third, common.outFeatures)
    return { ...common, biasName, beta: biasName === undefined ? 1 : readFloat(node, 'beta', 1) }
  }
  return { ...common, ...followingBias(scope, node, weight, layout) }
}

function convLayer(scope: GraphScope, node: Node, weight: StoredConstant): LinearNode | undefined {
  const { dims } = weight.tensor
  if (dims.length < 3 || weight.isTransposed || readInt(node, 'group', 1) !== 1) return undefined
  const window = convolutionWindow(node, dims.slice(2))
  const isPlain = isPointwise(window)
  // Patches are cut over time, or over time and frequency; nothing in speech has a third axis.
  if (!isPlain && window.kernel.length > 2) return undefined
  const common = {
    ...described(scope, node, weight, 'out-in'),
    operator: 'Conv' as const,
    ...(isPlain ? {} : { window })
  }
  const third = node.inputs[2] ?? ''
  // A Conv's features are on axis 1, where an Add of [out] would not be a bias.
  return { ...common, biasName: third === '' ? undefined : biasOf(scope, third, common.outFeatures) }
}

/** An embedding: rows of a matrix, picked by indices that are computed or fed. */
function gatherLayer(scope: GraphScope, node: Node): LinearNode | undefined {
  const [weightInput = '', indices = ''] = node.inputs
  const weight = findStoredConstant(scope, weightInput)
  const isMatrix = weight?.tensor.dims.length === 2
  const axis = readInt(node, 'axis', 0)
  if (!isMatrix || isEmpty(weight) || (axis !== 0 && axis !== -2) || isConstant(scope, indices))
    return undefined
  const layout = weight.isTransposed ? 'out-in' : 'in-out'
  return { ...described(scope, node, weight, layout), operator: 'Gather', input: indices }
}

/** A weight without values has as many features as it likes to claim, and nothing to multiply by. */
function isEmpty({ tensor }: StoredConstant): boolean {
  return tensor.dims.includes(0)
}

/** Whether a value, of whatever type, is stored in this graph or one around it. */
function isConstant(scope: GraphScope, value: string): boolean {
  if (scope.graph.initializers.has(value)) return true
  const producer = scope.index.producer(value)
  if (producer !== undefined) return producer.opType === 'Constant'
  const isInput = scope.graph.inputs.some((input) => input.name === value)
  return !isInput && scope.outer !== undefined && isConstant(scope.outer.scope, value)
}

function featuresOf(weight: StoredConstant, layout: LinearLayer['weightLayout']): [number, number] {
  const [first = 1, ...others] = weight.tensor.dims
  const second = elementCount(others)
  return layout === 'in-out' ? [first, second] : [second, first]
}

function described(
  scope: GraphScope,
  node: Node,
  weight: StoredConstant,
  weightLayout: LinearLayer['weightLayout']
): Omit<LinearNode, 'operator'> {
  const [inFeatures, outFeatures] = featuresOf(weight, weightLayout)
  const nodeOutput = node.outputs[0] ?? ''
  return {
    node,
    scope,
    nodeOutput,
    weightName: weight.name,
    weightHome: weight.home,
    weightLayout,
    weightDataType: weight.tensor.dataType,
    inFeatures,
    outFeatures,
    input: node.inputs[0] ?? '',
    output: nodeOutput,
    biasName: undefined,
    alpha: 1,
    beta: 1
  }
}

/** The bias in an Add that is the product's only use, with the value that leaves it. */
function followingBias(
  scope: GraphScope,
  node: Node,
  weight: StoredConstant,
  layout: LinearLayer['weightLayout']
): { readonly biasName?: string; readonly output?: string } {
  const product = node.outputs[0] ?? ''
  const [add, ...others] = scope.index.consumers(product)
  const isOnlyUse = others.length === 0 && !scope.index.isGraphOutput(product)
  if (add?.opType !== 'Add' || !isOnlyUse) return {}
  const other = add.inputs[0] === product ? add.inputs[1] : add.inputs[0]
  const [, outFeatures] = featuresOf(weight, layout)
  const biasName = biasOf(scope, other ?? '', outFeatures)
  return biasName === undefined ? {} : { biasName, output: add.outputs[0] ?? product }
}

/** The stored name of a constant [out] or [1, ..., 1, out]. */
function biasOf(scope: GraphScope, value: string, outFeatures: number): string | undefined {
  const constant = findStoredConstant(scope, value)
  if (constant === undefined || constant.isTransposed) return undefined
  const { dims } = constant.tensor
  const isVector = dims.at(-1) === outFeatures && dims.slice(0, -1).every((dim) => dim === 1)
  return isVector ? constant.name : undefined
}
