import { intAttribute } from '../onnx/ir/attribute'
import type { GraphWriter } from './graph-writer'
import type { Size, Sizes } from './symbolic-sizes'

/**
 * Undoes broadcasting: sums `value`, which has the broadcast shape of `operands`, to the shape of `target`, one of
 * them. This is the vjp of the copy that broadcasting makes.
 *
 * Axes that are known to be broadcast, or known not to be, are settled here; only where a size of `target` is unknown
 * *and* another operand's may be larger does the graph compute the axes as it runs.
 */
export function sumToShape(
  graph: GraphWriter,
  value: string,
  target: string,
  operands: readonly string[]
): string {
  const dims = graph.sizes(target)
  const others = operands.filter((operand) => operand !== target).map((operand) => graph.sizes(operand))
  if (dims === undefined || others.some((other) => other === undefined)) {
    // An operand beside itself or beside scalars has the result's shape whatever its rank.
    if (others.every((other) => other?.every((dim) => dim === 1) && other.length === 0)) return value
    return sumDynamic(graph, value, target, undefined)
  }
  const rank = Math.max(dims.length, ...others.map((other) => other!.length))
  const lead = rank - dims.length
  const axes: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const size = axis < lead ? 1 : dims[axis - lead]
    const mayBeBroadcast = others.some((other) => ![1, size].includes(sizeAt(other!, rank, axis)))
    if (!mayBeBroadcast && axis >= lead) continue
    if (typeof size === 'string') return sumDynamic(graph, value, target, lead)
    if (size === 1) axes.push(axis)
  }
  return sumStatic(graph, value, axes, lead)
}

function sizeAt(dims: Sizes, rank: number, axis: number): Size {
  const own = axis - (rank - dims.length)
  return own < 0 ? 1 : dims[own]!
}

function sumStatic(graph: GraphWriter, value: string, axes: readonly number[], lead: number): string {
  if (axes.length === 0) return value
  if (axes.length === lead) return graph.reduceSum(value, axes, false)
  const summed = graph.reduceSum(value, axes)
  const leading = axes.filter((axis) => axis < lead)
  return lead === 0 ? summed : graph.node('Squeeze', [summed, graph.ints(leading)])
}

/** `lead`: how many axes the result has in front of those of `target`; undefined when that is not known either. */
function sumDynamic(graph: GraphWriter, value: string, target: string, lead: number | undefined): string {
  const shape = graph.shapeOf(target)
  const padded =
    lead === 0 ? shape : graph.node('Concat', [leadingOnes(graph, value, shape, lead), shape], axis0)
  const isOne = graph.node('Equal', [padded, graph.ints([1])])
  const axes = graph.node('Squeeze', [graph.node('NonZero', [isOne]), graph.ints([0])])
  const summed = graph.node('ReduceSum', [value, axes], {
    keepdims: intAttribute(1),
    noop_with_empty_axes: intAttribute(1)
  })
  return lead === 0 ? summed : graph.reshape(summed, shape)
}

const axis0 = { axis: intAttribute(0) }

function leadingOnes(graph: GraphWriter, value: string, shape: string, lead: number | undefined): string {
  if (lead !== undefined) return graph.ints(new Array<number>(lead).fill(1))
  const rank = graph.node('Shape', [graph.shapeOf(value)])
  return graph.filled(graph.sub(rank, graph.node('Shape', [shape])), 1, 'int64')
}
