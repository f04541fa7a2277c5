/** Reductions; their axes are an attribute or an input, which the graph may compute. */
import { intAttribute, readInt, readInts } from '../../onnx/ir/attribute'
import {
  constant,
  onlyCotangent,
  refusal,
  scaled,
  typeOf,
  type Vjp,
  type VjpContext,
  type VjpFamily
} from '../vjp'

/** The axes as an int64 vector; undefined when all are reduced. */
function axesValue({ node, graph }: VjpContext): string | undefined {
  const attribute = readInts(node, 'axes')
  if (attribute !== undefined) return graph.ints(attribute)
  const input = node.inputs[1] ?? ''
  return input === '' || graph.knownElements(input)?.length === 0 ? undefined : input
}

/** Whether the node does nothing because it has no axes. */
function isNothing(context: VjpContext): boolean {
  return axesValue(context) === undefined && readInt(context.node, 'noop_with_empty_axes', 0) === 1
}

/** A value of the output's shape with a 1 for each reduced axis, so that it broadcasts against the input. */
function keepAxes(context: VjpContext, value: string): string {
  const axes = axesValue(context)
  // Reducing everything without keeping axes leaves a scalar, which broadcasts as it is.
  if (readInt(context.node, 'keepdims', 1) === 1 || axes === undefined) return value
  return context.graph.node('Unsqueeze', [value, axes])
}

/** A rule from what it returns for the input x, the output y and the cotangent c, y and c with their axes kept. */
function reduction(
  rule: (context: VjpContext, parts: { readonly x: string; readonly y: string; readonly c: string }) => string
): Vjp {
  return (context) => {
    const c = onlyCotangent(context)
    const { node } = context
    if (isNothing(context)) {
      if (!unchangedWithoutAxes.has(node.opType)) {
        throw refusal(node, 'it has no axes and noop_with_empty_axes, which runtimes read differently')
      }
      return [c]
    }
    const y = keepAxes(context, node.outputs[0]!)
    return [rule(context, { x: node.inputs[0]!, y, c: keepAxes(context, c) })]
  }
}

const unchangedWithoutAxes: ReadonlySet<string> = new Set([
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin'
])

const mean = reduction((context, { x, c }) => {
  const { node, graph } = context
  const dataType = typeOf(context)
  const count = graph.div(graph.node('Size', [x]), graph.node('Size', [node.outputs[0]!]))
  return graph.node('Expand', [graph.div(c, graph.cast(count, dataType)), graph.shapeOf(x)])
})

/** Elements that tie share the cotangent equally. */
const extremum = reduction((context, { x, y, c }) => {
  const { graph } = context
  const isWinner = graph.cast(graph.node('Equal', [x, y]), typeOf(context))
  const axes = axesValue(context)
  const operands = axes === undefined ? [isWinner] : [isWinner, axes]
  const count = graph.node('ReduceSum', operands, { keepdims: intAttribute(1) })
  return graph.mul(isWinner, graph.div(c, count))
})

/** c·x / y, and 0 where the norm y is 0. */
const norm = reduction((context, { x, y, c }) => {
  const { graph } = context
  const isZero = graph.node('Equal', [y, constant(context, 0)])
  const divisor = graph.node('Where', [isZero, constant(context, 1), y])
  return graph.mul(x, graph.div(c, divisor))
})

export const reductionRules: VjpFamily = {
  ReduceSum: reduction(({ graph }, { x, c }) => graph.node('Expand', [c, graph.shapeOf(x)])),
  ReduceMean: mean,
  ReduceMax: extremum,
  ReduceMin: extremum,
  ReduceL1: reduction(({ graph }, { x, c }) => graph.mul(c, graph.node('Sign', [x]))),
  ReduceL2: norm,
  ReduceSumSquare: reduction((context, { x, c }) => context.graph.mul(scaled(context, c, 2), x)),
  ReduceLogSumExp: reduction(({ graph }, { x, y, c }) => graph.mul(c, graph.node('Exp', [graph.sub(x, y)])))
}
