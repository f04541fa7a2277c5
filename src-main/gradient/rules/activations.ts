/** Functions of one value, element by element: x̄ = c · f'(x). */
import { floatAttribute, readFloat, readString } from '../../onnx/ir/attribute'
import { constant, onlyCotangent, scaled, typeOf, type Vjp, type VjpContext, type VjpFamily } from '../vjp'

interface Point {
  /** The input. */
  readonly x: string
  /** The output f(x). */
  readonly y: string
  /** The cotangent of y. */
  readonly c: string
}

/** A rule from what it returns for one point. */
function unary(rule: (context: VjpContext, point: Point) => string): Vjp {
  return (context) => {
    const { node } = context
    return [rule(context, { x: node.inputs[0]!, y: node.outputs[0]!, c: onlyCotangent(context) })]
  }
}

/** `yes` where x > threshold, else `no`. */
function above(context: VjpContext, x: string, threshold: number, [yes, no]: [string, string]): string {
  const { graph } = context
  return graph.node('Where', [graph.node('Greater', [x, constant(context, threshold)]), yes, no])
}

/** 1 − a, in the type of the input. */
function oneMinus(context: VjpContext, a: string): string {
  return context.graph.sub(constant(context, 1), a)
}

function square({ graph }: VjpContext, a: string): string {
  return graph.mul(a, a)
}

/**
 * height·exp(−x²·s), exactly 0 where the exponential is below 1e-20. In float32 its tail would be denormal, and one such column
 * makes the matrix products behind it many times slower on common processors; no sum of order 1 notices 1e-20.
 */
function bell(
  context: VjpContext,
  x: string,
  { s, height }: { readonly s: number; readonly height: number }
): string {
  const { graph } = context
  const exact = graph.node('Exp', [scaled(context, square(context, x), -s)])
  const floor = 1e-20
  // A line's height is bounded by 1, so that of the bell comes behind it when it is larger.
  const lineHeight = Math.min(1, height)
  return scaled(context, clippedLine(context, exact, lineHeight, -lineHeight * floor), height / lineHeight)
}

/** min(1, max(0, α·a + β)) for an `a` whose line stays below 1: in float32 one pass over memory instead of three. */
function clippedLine(context: VjpContext, a: string, alpha: number, beta: number): string {
  const { graph } = context
  if (typeOf(context) === 'float32') {
    return graph.node('HardSigmoid', [a], { alpha: floatAttribute(alpha), beta: floatAttribute(beta) })
  }
  return graph.node('Relu', [graph.add(scaled(context, a, alpha), constant(context, beta))])
}

/** Gelu: Φ(x) + x·φ(x), or the derivative of the tanh approximation. */
const gelu = unary((context, { x, c }) => {
  const { graph, node } = context
  return graph.mul(
    c,
    readString(node, 'approximate', 'none') === 'tanh' ? tanhSlope(context, x) : normalSlope(context, x)
  )
})

function normalSlope(context: VjpContext, x: string): string {
  const { graph } = context
  const erf = graph.node('Erf', [scaled(context, x, Math.SQRT1_2)])
  const cumulative = clippedLine(context, erf, 0.5, 0.5)
  const density = bell(context, x, { s: 0.5, height: 1 / Math.sqrt(2 * Math.PI) })
  return graph.add(cumulative, graph.mul(x, density))
}

/** y = x·(1 + t)/2, t = tanh(k·(x + a·x³)): y' = (1 + t)/2 + x·(1 − t²)·k·(1 + 3a·x²)/2. */
function tanhSlope(context: VjpContext, x: string): string {
  const { graph } = context
  const k = Math.sqrt(2 / Math.PI)
  const a = 0.044715
  const one = constant(context, 1)
  const x2 = square(context, x)
  const inner = scaled(context, graph.mul(x, graph.add(one, scaled(context, x2, a))), k)
  const t = graph.node('Tanh', [inner])
  const slope = scaled(context, graph.add(one, scaled(context, x2, 3 * a)), k / 2)
  const bump = graph.mul(graph.mul(x, oneMinus(context, square(context, t))), slope)
  return graph.add(scaled(context, graph.add(one, t), 0.5), bump)
}

const elu = unary((context, { x, y, c }) => {
  // Below zero y = α·(eˣ − 1), so y' = y + α.
  const alpha = constant(context, readFloat(context.node, 'alpha', 1))
  return above(context, x, 0, [c, context.graph.mul(c, context.graph.add(y, alpha))])
})

const leakyRelu = unary((context, { x, c }) =>
  above(context, x, 0, [c, scaled(context, c, readFloat(context.node, 'alpha', 0.01))])
)

const hardSigmoid = unary((context, { y, c }) => {
  const zero = constant(context, 0)
  const slope = scaled(context, c, readFloat(context.node, 'alpha', 0.2))
  const { graph } = context
  const isBelowOne = graph.node('Less', [y, constant(context, 1)])
  return above(context, y, 0, [graph.node('Where', [isBelowOne, slope, zero]), zero])
})

/** y = x·clip(x/6 + 1/2, 0, 1): y' = 0, x/3 + 1/2, 1. */
const hardSwish = unary((context, { x, c }) => {
  const { graph } = context
  const middle = graph.mul(c, graph.add(scaled(context, x, 1 / 3), constant(context, 0.5)))
  return above(context, x, -3, [above(context, x, 3, [c, middle]), constant(context, 0)])
})

export const activationRules: VjpFamily = {
  Neg: unary(({ graph }, { c }) => graph.node('Neg', [c])),
  Abs: unary(({ graph }, { x, c }) => graph.mul(c, graph.node('Sign', [x]))),
  Reciprocal: unary((context, { y, c }) => context.graph.mul(scaled(context, c, -1), square(context, y))),
  Sqrt: unary((context, { y, c }) => context.graph.div(scaled(context, c, 0.5), y)),
  Exp: unary(({ graph }, { y, c }) => graph.mul(c, y)),
  Log: unary(({ graph }, { x, c }) => graph.div(c, x)),
  Sin: unary(({ graph }, { x, c }) => graph.mul(c, graph.node('Cos', [x]))),
  Cos: unary(({ graph }, { x, c }) => graph.node('Neg', [graph.mul(c, graph.node('Sin', [x]))])),
  Erf: unary((context, { x, c }) =>
    context.graph.mul(c, bell(context, x, { s: 1, height: 2 / Math.sqrt(Math.PI) }))
  ),
  Tanh: unary((context, { y, c }) => context.graph.mul(c, oneMinus(context, square(context, y)))),
  Sigmoid: unary((context, { y, c }) => context.graph.mul(c, context.graph.mul(y, oneMinus(context, y)))),
  Softplus: unary(({ graph }, { x, c }) => graph.mul(c, graph.node('Sigmoid', [x]))),
  Relu: unary((context, { x, c }) => above(context, x, 0, [c, constant(context, 0)])),
  LeakyRelu: leakyRelu,
  Elu: elu,
  Gelu: gelu,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish
}
