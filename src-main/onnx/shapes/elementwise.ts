/** Operators that work element by element: the output has the broadcast shape of the inputs. */
import { readInt } from '../ir/attribute'
import { dataTypes, isFloatingDataType, type DataType } from '../ir/data-type'
import { broadcastDims, broadcastElements } from './broadcast'
import { inferredValue, type Dim, type InferredValue } from './inferred-value'
import type { RuleContext, RuleFamily, ShapeRule } from './shape-rule'

type Arithmetic = (elements: readonly number[], dataType: DataType) => number

/** Stores a folded number the way its type would: integers truncate as ONNX's Div and Cast do. */
function store(value: number, dataType: DataType): Dim {
  if (Number.isNaN(value)) return undefined
  if (dataType === 'float32') return Math.fround(value)
  if (dataType === 'bool') return value === 0 ? 0 : 1
  return isFloatingDataType(dataType) ? value : Math.trunc(value)
}

function operands(context: RuleContext): InferredValue[] {
  return context.node.inputs.map((_, index) => context.input(index))
}

/** A rule whose output type is the inputs', or `outputType`; `fold` computes small constants. */
function elementwise(outputType?: DataType, fold?: Arithmetic): ShapeRule {
  return (context) => {
    const values = operands(context)
    const dims = broadcastDims(
      context.node,
      values.map((value) => value.dims)
    )
    const inputType = values.find((value) => value.dataType !== 'undefined')?.dataType ?? 'undefined'
    const dataType = outputType ?? inputType
    if (fold === undefined) return [inferredValue(dataType, dims)]
    const elements = broadcastElements(values, dims, (row) =>
      row.every((element) => element !== undefined) ? store(fold(row, inputType), dataType) : undefined
    )
    return [inferredValue(dataType, dims, elements)]
  }
}

/** ONNX Mod: the sign follows the divisor, or the dividend when `fmod` is set. */
const modulo: ShapeRule = (context) => {
  const isFmod = readInt(context.node, 'fmod', 0) === 1
  return elementwise(undefined, ([a, b]) => (isFmod ? a! % b! : a! - Math.floor(a! / b!) * b!))(context)
}

const cast: ShapeRule = (context) => {
  const dataType = dataTypes[readInt(context.node, 'to', 0)] ?? 'undefined'
  return elementwise(dataType, ([a]) => a!)(context)
}

const castLike: ShapeRule = (context) => {
  const value = context.input(0)
  return [inferredValue(context.input(1).dataType, value.dims)]
}

const where: ShapeRule = (context) => {
  const values = operands(context)
  const dims = broadcastDims(
    context.node,
    values.map((value) => value.dims)
  )
  const elements = broadcastElements(values, dims, ([condition, yes, no]) =>
    condition === undefined ? undefined : condition !== 0 ? yes : no
  )
  return [inferredValue(context.input(1).dataType, dims, elements)]
}

/** Clip, PRelu and the like: the shape is the first input's alone. */
const likeFirst: ShapeRule = (context) => {
  const value = context.input(0)
  return [inferredValue(value.dataType, value.dims)]
}

const predicate: ShapeRule = (context) => [inferredValue('bool', context.input(0).dims)]

const dropout: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  return [inferredValue(dataType, dims), inferredValue('bool', dims)]
}

const identity: ShapeRule = (context) => [context.input(0)]

// prettier-ignore
const shapePreserving = [
  'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Celu', 'Clip', 'Cos', 'Cosh', 'CumSum', 'Elu', 'Erf', 'Exp',
  'Gelu', 'HardSigmoid', 'HardSwish', 'Hardmax', 'LeakyRelu', 'Log', 'LogSoftmax', 'Mish', 'PRelu', 'Reciprocal',
  'Relu', 'Selu', 'Shrink', 'Sigmoid', 'Sin', 'Sinh', 'Softmax', 'Softplus', 'Softsign', 'Swish', 'Tan', 'Tanh',
  'ThresholdedRelu', 'Trilu', 'BitwiseNot', 'ReverseSequence', 'RotaryEmbedding',
  // Contributed operators of ONNX Runtime that optimizers leave behind.
  'FastGelu', 'BiasGelu', 'QuickGelu'
]

/** Elementwise rules, with constant folding for the arithmetic that shape computations use. */
export const elementwiseRules: RuleFamily = {
  ...Object.fromEntries(shapePreserving.map((operator) => [operator, likeFirst])),
  Add: elementwise(undefined, ([a, b]) => a! + b!),
  Sub: elementwise(undefined, ([a, b]) => a! - b!),
  Mul: elementwise(undefined, ([a, b]) => a! * b!),
  Div: elementwise(undefined, ([a, b]) => (b === 0 ? NaN : a! / b!)),
  Pow: (context) => elementwise(context.input(0).dataType, ([a, b]) => a! ** b!)(context),
  Mod: modulo,
  Min: elementwise(undefined, (row) => row.reduce((least, element) => Math.min(least, element), Infinity)),
  Max: elementwise(undefined, (row) => row.reduce((most, element) => Math.max(most, element), -Infinity)),
  Sum: elementwise(undefined, (row) => row.reduce((sum, element) => sum + element, 0)),
  Mean: elementwise(),
  Neg: elementwise(undefined, ([a]) => -a!),
  Abs: elementwise(undefined, ([a]) => Math.abs(a!)),
  Sign: elementwise(undefined, ([a]) => Math.sign(a!)),
  Floor: elementwise(undefined, ([a]) => Math.floor(a!)),
  Ceil: elementwise(undefined, ([a]) => Math.ceil(a!)),
  Round: elementwise(),
  Sqrt: elementwise(undefined, ([a]) => Math.sqrt(a!)),
  Equal: elementwise('bool', ([a, b]) => Number(a === b)),
  Less: elementwise('bool', ([a, b]) => Number(a! < b!)),
  LessOrEqual: elementwise('bool', ([a, b]) => Number(a! <= b!)),
  Greater: elementwise('bool', ([a, b]) => Number(a! > b!)),
  GreaterOrEqual: elementwise('bool', ([a, b]) => Number(a! >= b!)),
  And: elementwise('bool', ([a, b]) => Number(a !== 0 && b !== 0)),
  Or: elementwise('bool', ([a, b]) => Number(a !== 0 || b !== 0)),
  Xor: elementwise('bool', ([a, b]) => Number((a !== 0) !== (b !== 0))),
  Not: elementwise('bool', ([a]) => Number(a === 0)),
  BitShift: elementwise(),
  BitwiseAnd: elementwise(),
  BitwiseOr: elementwise(),
  BitwiseXor: elementwise(),
  IsNaN: predicate,
  IsInf: predicate,
  Cast: cast,
  CastLike: castLike,
  Where: where,
  Dropout: dropout,
  Identity: identity
}
