import type { Node } from '../ir/model'
import { elementCount } from '../ir/tensor'
import { shapeOf, type ShapeTable } from '../shapes/infer-shapes'
import { floatingValues } from './floating-values'
import type { GraphScope } from './graph-scope'
import { findStoredConstant } from './stored-constant'
import { storedIntegers } from './stored-integers'
import { isStandardOperator } from '../ir/operator-domains'

/** Exporters compute a scale in about ten nodes, a hostile model in as many as it likes. */
const deepest = 24

/**
 * The number that a value of one element has in every run: stored, or computed from stored numbers and sizes that `shapes`
 * knows, as exporters compute the scale of an attention from the width of a head. Undefined where it cannot be told.
 */
export function scalarValue(
  scope: GraphScope,
  shapes: ShapeTable,
  value: string,
  depth = 0
): number | undefined {
  if (value === '' || depth > deepest) return undefined
  const stored = findStoredConstant(scope, value)
  if (stored !== undefined) {
    const isOne = elementCount(stored.tensor.dims) === 1 && stored.tensor.data.kind === 'bytes'
    return isOne ? floatingValues(stored.tensor)[0] : undefined
  }
  const integers = storedIntegers(scope.index, value)
  if (integers !== undefined) return integers.length === 1 ? integers[0] : undefined
  const node = scope.index.producer(value)
  if (node === undefined || !isStandardOperator(node)) return undefined
  const operand = (place: number) => scalarValue(scope, shapes, node.inputs[place] ?? '', depth + 1)
  if (node.opType === 'Gather' || node.opType === 'Slice') return pickedSize(scope, shapes, node)
  const result = computed(node, operand)
  const isWhole = shapeOf(shapes, value)?.dataType.includes('int') === true
  return result === undefined || !isWhole ? result : Math.trunc(result)
}

function computed(node: Node, operand: (place: number) => number | undefined): number | undefined {
  const a = operand(0)
  if (a === undefined) return undefined
  switch (node.opType) {
    case 'Cast':
    case 'Identity':
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Reshape':
      return a
    case 'Sqrt':
      return Math.sqrt(a)
    case 'Reciprocal':
      return 1 / a
  }
  const b = operand(1)
  if (b === undefined) return undefined
  switch (node.opType) {
    case 'Mul':
      return a * b
    case 'Div':
      return a / b
    case 'Pow':
      return a ** b
    default:
      return undefined
  }
}

/** One entry of a value's shape, picked by a Gather or a Slice. */
function pickedSize(scope: GraphScope, shapes: ShapeTable, node: Node): number | undefined {
  const shape = scope.index.producer(node.inputs[0] ?? '')
  // From opset 15 a Shape may itself leave out axes.
  if (shape?.opType !== 'Shape' || shape.attributes.size > 0) return undefined
  const dims = shapeOf(shapes, shape.inputs[0] ?? '')?.dims
  if (dims === undefined) return undefined
  const [first, ...others] = storedIntegers(scope.index, node.inputs[1] ?? '') ?? []
  if (first === undefined || others.length > 0) return undefined
  if (node.opType === 'Gather') return dims.at(first)
  const [end] = storedIntegers(scope.index, node.inputs[2] ?? '') ?? []
  const step = node.inputs[4] === undefined ? [1] : storedIntegers(scope.index, node.inputs[4])
  const picked = step?.[0] === 1 && end !== undefined ? dims.slice(first, end) : []
  return picked.length === 1 ? picked[0] : undefined
}
