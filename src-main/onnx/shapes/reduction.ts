/** Reductions over axes. */
import { readInt } from '../ir/attribute'
import { inferredValue, knownElements, type Dim, type InferredValue } from './inferred-value'
import { axesOf, resolveAxis, type RuleFamily, type ShapeRule } from './shape-rule'

/** A Reduce operator; `fold` computes a small constant vector reduced to one number. */
function reduce(fold?: (elements: readonly number[]) => number): ShapeRule {
  return (context) => {
    const { node } = context
    const value = context.input(0)
    const { dims } = value
    const keeps = readInt(node, 'keepdims', 1) === 1
    const axes = axesOf(context, 1)
    if (dims === undefined) return [inferredValue(value.dataType, undefined)]
    if (axes === undefined) {
      return [inferredValue(value.dataType, keeps ? dims.map(() => undefined) : undefined)]
    }
    const isEmpty = axes === 'absent' || axes.length === 0
    if (isEmpty && readInt(node, 'noop_with_empty_axes', 0) === 1) return [value]
    const reduced = new Set(
      isEmpty ? dims.map((_, axis) => axis) : axes.map((axis) => resolveAxis(node, axis, dims.length))
    )
    const result = dims.flatMap((dim, axis) => (!reduced.has(axis) ? [dim] : keeps ? [1] : []))
    return [inferredValue(value.dataType, result, foldVector(value, reduced, fold))]
  }
}

function foldVector(
  value: InferredValue,
  reduced: ReadonlySet<number>,
  fold: ((elements: readonly number[]) => number) | undefined
): readonly Dim[] | undefined {
  const elements = knownElements(value)
  if (fold === undefined || elements === undefined || elements.length === 0) return undefined
  return value.dims?.length === 1 && reduced.has(0) ? [fold(elements)] : undefined
}

const argument: ShapeRule = ({ node, input }) => {
  const { dims } = input(0)
  if (dims === undefined) return [inferredValue('int64', undefined)]
  const axis = resolveAxis(node, readInt(node, 'axis', 0), dims.length)
  const keeps = readInt(node, 'keepdims', 1) === 1
  return [inferredValue('int64', keeps ? dims.with(axis, 1) : dims.toSpliced(axis, 1))]
}

export const reductionRules: RuleFamily = {
  ReduceSum: reduce((elements) => elements.reduce((sum, element) => sum + element, 0)),
  ReduceProd: reduce((elements) => elements.reduce((product, element) => product * element, 1)),
  ReduceMax: reduce((elements) => elements.reduce((most, element) => Math.max(most, element))),
  ReduceMin: reduce((elements) => elements.reduce((least, element) => Math.min(least, element))),
  ReduceMean: reduce(),
  ReduceL1: reduce(),
  ReduceL2: reduce(),
  ReduceLogSum: reduce(),
  ReduceLogSumExp: reduce(),
  ReduceSumSquare: reduce(),
  ArgMax: argument,
  ArgMin: argument
}
