/** Arithmetic with broadcasting. In comments c is the cotangent of the output y. */
import { intAttribute } from '../../onnx/ir/attribute'
import { sumToShape } from '../sum-to-shape'
import {
  constant,
  onlyCotangent,
  refuseGradientOf,
  scaled,
  typeOf,
  type Vjp,
  type VjpContext,
  type VjpFamily
} from '../vjp'

/** The cotangents of all needed inputs: `partial(index)` has the output's shape and is summed to the input's. */
function broadcast(context: VjpContext, partial: (index: number) => string): (string | undefined)[] {
  const { node, graph, isNeeded } = context
  return node.inputs.map((input, index) =>
    isNeeded(index) ? sumToShape(graph, partial(index), input, node.inputs) : undefined
  )
}

const sum: Vjp = (context) => {
  const c = onlyCotangent(context)
  return broadcast(context, () => c)
}

const mean: Vjp = (context) => {
  const c = scaled(context, onlyCotangent(context), 1 / context.node.inputs.length)
  return broadcast(context, () => c)
}

const subtract: Vjp = (context) => {
  const c = onlyCotangent(context)
  return broadcast(context, (index) => (index === 0 ? c : context.graph.node('Neg', [c])))
}

const multiply: Vjp = (context) => {
  const c = onlyCotangent(context)
  const { node, graph } = context
  const gate = ownSigmoid(context)
  if (gate !== undefined) {
    // y = x·σ: x̄ = c·(y + σ·(1 − y)), in four passes over memory instead of six.
    const y = node.outputs[0]!
    const slope = graph.add(y, graph.mul(node.inputs[gate]!, graph.sub(constant(context, 1), y)))
    return node.inputs.map((_, index) => (index === gate ? undefined : graph.mul(c, slope)))
  }
  return broadcast(context, (index) => graph.mul(c, node.inputs[1 - index]!))
}

/** The input that is the sigmoid of the other one, as in swish; the other's cotangent then holds both ways. */
function ownSigmoid({ node, graph, isNeeded }: VjpContext): number | undefined {
  const index = node.inputs.findIndex((input, position) => {
    const maker = graph.producer(input)
    return maker?.opType === 'Sigmoid' && maker.domain === '' && maker.inputs[0] === node.inputs[1 - position]
  })
  return index >= 0 && isNeeded(index) && isNeeded(1 - index) ? index : undefined
}

/** da = c / b; db = −c·y / b. */
const divide: Vjp = (context) => {
  const c = onlyCotangent(context)
  const { node, graph } = context
  const [, b] = node.inputs as [string, string]
  return broadcast(context, (index) =>
    index === 0 ? graph.div(c, b) : graph.node('Neg', [graph.div(graph.mul(c, node.outputs[0]!), b)])
  )
}

/** da = c·b·a^(b−1), 0 where b = 0; db = c·y·log a, 0 where a ≤ 0. */
const power: Vjp = (context) => {
  const c = onlyCotangent(context)
  const { node, graph } = context
  const [a, b] = node.inputs as [string, string]
  const [known, ...others] = graph.knownElements(b) ?? []
  if (known !== undefined && others.length === 0) {
    return broadcast(context, () => graph.mul(c, scaled(context, powerOf(context, a, known - 1), known)))
  }
  const zero = constant(context, 0)
  const exponent = graph.dataType(b) === typeOf(context) ? b : graph.cast(b, typeOf(context))
  return broadcast(context, (index) => {
    if (index === 0) {
      const slope = graph.mul(exponent, graph.node('Pow', [a, graph.sub(exponent, constant(context, 1))]))
      return graph.mul(c, graph.node('Where', [graph.node('Equal', [exponent, zero]), zero, slope]))
    }
    const isPositive = graph.node('Greater', [a, zero])
    const base = graph.node('Where', [isPositive, a, constant(context, 1)])
    return graph.mul(graph.mul(c, node.outputs[0]!), graph.node('Log', [base]))
  })
}

function powerOf(context: VjpContext, a: string, exponent: number): string {
  if (exponent === 1) return a
  return context.graph.node('Pow', [a, constant(context, exponent)])
}

/** Where(condition, a, b): the condition has no gradient. */
const where: Vjp = (context) => {
  const c = onlyCotangent(context)
  const { node, graph } = context
  const condition = node.inputs[0]!
  const zero = graph.scalar(0, typeOf(context, 1))
  return broadcast(context, (index) =>
    graph.node('Where', index === 1 ? [condition, c, zero] : [condition, zero, c])
  )
}

/** PRelu(x, slope): the slope broadcasts to x. */
const prelu: Vjp = (context) => {
  const c = onlyCotangent(context)
  const { node, graph } = context
  const [x, slope] = node.inputs as [string, string]
  const zero = constant(context, 0)
  const isPositive = graph.node('Greater', [x, zero])
  return broadcast(context, (index) =>
    index === 0
      ? graph.node('Where', [isPositive, c, graph.mul(c, slope)])
      : graph.node('Where', [isPositive, zero, graph.mul(c, x)])
  )
}

/** Clip to bounds that are constants: c inside and on the bounds, 0 outside. Bounds get no gradient. */
const clip: Vjp = (context) => {
  const { node, graph } = context
  refuseGradientOf(context, 1, 'its lower bound')
  refuseGradientOf(context, 2, 'its upper bound')
  const c = onlyCotangent(context)
  const [x = '', low = '', high = ''] = node.inputs
  const zero = constant(context, 0)
  let cotangent = c
  if (low !== '') cotangent = graph.node('Where', [graph.node('GreaterOrEqual', [x, low]), cotangent, zero])
  if (high !== '') cotangent = graph.node('Where', [graph.node('LessOrEqual', [x, high]), cotangent, zero])
  return [cotangent]
}

const cast: Vjp = (context) => [context.graph.cast(onlyCotangent(context), typeOf(context))]

/** The upper or lower triangle: what was cut off gets nothing. */
const triangle: Vjp = (context) => {
  const { node, graph } = context
  const upper = node.attributes.get('upper') ?? intAttribute(1)
  return [graph.node('Trilu', [onlyCotangent(context), ...node.inputs.slice(1)], { upper })]
}

export const arithmeticRules: VjpFamily = {
  Add: sum,
  Sum: sum,
  Mean: mean,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Pow: power,
  Where: where,
  PRelu: prelu,
  Clip: clip,
  Cast: cast,
  CastLike: cast,
  Trilu: triangle
}
