/** Operators that make values from nothing but attributes and small constants. */
import { readInt } from '../ir/attribute'
import { dataTypes, type DataType } from '../ir/data-type'
import { elementCount } from '../ir/tensor'
import {
  inferredValue,
  knownDims,
  knownElements,
  maxConstantElements,
  unknownDims,
  unknownValue,
  valueOfTensor,
  type Dim
} from './inferred-value'
import type { RuleContext, RuleFamily, ShapeRule } from './shape-rule'

const constant: ShapeRule = ({ node }) => {
  for (const [name, attribute] of node.attributes) {
    if (name === 'value' && attribute.kind === 'tensor') return [valueOfTensor(attribute.value)]
    if (name === 'value_int' && attribute.kind === 'int')
      return [inferredValue('int64', [], [Number(attribute.value)])]
    if (name === 'value_ints' && attribute.kind === 'ints')
      return [inferredValue('int64', [attribute.value.length], attribute.value.map(Number))]
    if (name === 'value_float' && attribute.kind === 'float')
      return [inferredValue('float32', [], [attribute.value])]
    if (name === 'value_floats' && attribute.kind === 'floats')
      return [inferredValue('float32', [attribute.value.length], attribute.value)]
    if (name === 'value_string') return [inferredValue('string', [])]
    if (name === 'value_strings' && attribute.kind === 'strings')
      return [inferredValue('string', [attribute.value.length])]
  }
  return [unknownValue]
}

/** A shape given as an input: its elements, or as many unknown sizes as it is long. */
function shapeInput(context: RuleContext, index: number): readonly Dim[] | undefined {
  const { dims, elements } = context.input(index)
  if (elements !== undefined) return elements
  return unknownDims(dims?.[0])
}

const constantOfShape: ShapeRule = (context) => {
  const attribute = context.node.attributes.get('value')
  const fill =
    attribute?.kind === 'tensor' ? valueOfTensor(attribute.value) : inferredValue('float32', [], [0])
  const dims = shapeInput(context, 0)
  const filled = inferredValue(fill.dataType, dims)
  const sizes = knownDims(filled.dims)
  const count = sizes && elementCount(sizes)
  const element = fill.elements?.[0]
  const elements =
    count !== undefined && count <= maxConstantElements && element !== undefined
      ? new Array<Dim>(count).fill(element)
      : undefined
  return [inferredValue(fill.dataType, filled.dims, elements)]
}

const range: ShapeRule = ({ input }) => {
  const dataType = input(0).dataType
  const [start, limit, delta] = [0, 1, 2].map((index) => knownElements(input(index))?.[0])
  if (start === undefined || limit === undefined || delta === undefined || delta === 0) {
    return [inferredValue(dataType, [undefined])]
  }
  const count = Math.max(0, Math.ceil((limit - start) / delta))
  const elements =
    count <= maxConstantElements
      ? Array.from({ length: count }, (_, index) => start + index * delta)
      : undefined
  return [inferredValue(dataType, [count], elements)]
}

/** The type named by the attribute `dtype`, or `fallback`. */
function namedType(context: RuleContext, fallback: DataType): DataType {
  const named = dataTypes[readInt(context.node, 'dtype', 0)] ?? 'undefined'
  return named === 'undefined' ? fallback : named
}

const randomLike: ShapeRule = (context) => [
  inferredValue(namedType(context, context.input(0).dataType), context.input(0).dims)
]

const random: ShapeRule = (context) => {
  const shape = context.node.attributes.get('shape')
  return [
    inferredValue(namedType(context, 'float32'), shape?.kind === 'ints' ? shape.value.map(Number) : undefined)
  ]
}

export const constantRules: RuleFamily = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: randomLike,
  Bernoulli: randomLike,
  RandomNormalLike: randomLike,
  RandomUniformLike: randomLike,
  RandomNormal: random,
  RandomUniform: random
}
