/**
 * Operators that choose elements. The general rule asks the operator itself: applied to the positions 0, 1, 2, ... of
 * the input it returns where each output element came from, and the cotangent is added there. So negative indices,
 * negative steps and repeated elements need no case of their own.
 */
import { intAttribute, readInt, readString, stringAttribute } from '../../onnx/ir/attribute'
import type { GraphWriter } from '../graph-writer'
import {
  dimsOf,
  onlyCotangent,
  refuseGradientOf,
  requireOpset,
  scatterAdd,
  typeOf,
  type Vjp,
  type VjpContext,
  type VjpFamily
} from '../vjp'

/** Zeros of the shape of the first input, with the cotangent added at the positions that the operator picked. */
function scatterByPosition(context: VjpContext): string {
  const { node, graph } = context
  const x = node.inputs[0]!
  const shape = graph.shapeOf(x)
  const all = graph.ints([-1])
  const positions = graph.reshape(positionsOf(graph, x), shape)
  const picked = graph.node(
    node.opType,
    [positions, ...node.inputs.slice(1)],
    Object.fromEntries(node.attributes)
  )
  const flat = scatterAdd(context, sizeVector(graph, x), {
    indices: graph.reshape(picked, all),
    updates: graph.reshape(onlyCotangent(context), all)
  })
  return graph.reshape(flat, shape)
}

/** 0, 1, 2, ... up to the number of elements of `value`, as a vector. */
function positionsOf(graph: GraphWriter, value: string): string {
  const bounds = [graph.scalar(0, 'int64'), graph.node('Size', [value]), graph.scalar(1, 'int64')]
  return graph.node('Range', bounds)
}

function sizeVector(graph: GraphWriter, value: string): string {
  return graph.reshape(graph.node('Size', [value]), graph.ints([1]))
}

/** Gather along the first axis, an embedding: whole rows are added. */
const gather: Vjp = (context) => {
  const { node, graph } = context
  const [x, indices] = node.inputs as [string, string]
  if (readInt(node, 'axis', 0) !== 0) return [scatterByPosition(context)]
  requireOpset(context, 16, 'the ScatterND that adds')
  const rows = graph.reshape(indices, graph.ints([-1, 1]))
  const shape = graph.shapeOf(x)
  const rank = dimsOf(context, 0).length
  const rowShape = Array.from({ length: rank - 1 }, (_, axis) => graph.sizeAt(x, axis + 1))
  const updateShape =
    rank === 1
      ? graph.ints([-1])
      : graph.node('Concat', [graph.ints([-1]), ...rowShape], { axis: intAttribute(0) })
  const updates = graph.reshape(onlyCotangent(context), updateShape)
  const zeros = graph.filled(shape, 0, typeOf(context))
  return [graph.node('ScatterND', [zeros, rows, updates], { reduction: stringAttribute('add') })]
}

const gatherElements: Vjp = (context) => {
  const { node, graph } = context
  const [x, indices] = node.inputs as [string, string]
  const axis = readInt(node, 'axis', 0)
  return [scatterAdd(context, graph.shapeOf(x), { indices, updates: onlyCotangent(context), axis })]
}

const pick: Vjp = (context) => [scatterByPosition(context)]

/** A slice with steps of 1 and known bounds is a cut, and its cotangent is zeros around it. */
const slice: Vjp = (context) => {
  const before = knownStarts(context)
  if (before === undefined) return [scatterByPosition(context)]
  const { node, graph } = context
  const [x] = node.inputs as [string]
  const starts = graph.ints(before)
  const rest = graph.sub(graph.sub(graph.shapeOf(x), graph.shapeOf(node.outputs[0]!)), starts)
  const pads = graph.node('Concat', [starts, rest], { axis: intAttribute(0) })
  return [graph.node('Pad', [onlyCotangent(context), pads])]
}

/** The first index along each axis; undefined where it depends on sizes that are not known, or a step is not 1. */
function knownStarts(context: VjpContext): number[] | undefined {
  const { node, graph } = context
  const [, startsName = '', , axesName = '', stepsName = ''] = node.inputs
  const dims = dimsOf(context, 0)
  const starts = graph.knownElements(startsName)
  const axes = axesName === '' ? starts?.map((_, index) => index) : graph.knownElements(axesName)
  const steps = stepsName === '' ? starts?.map(() => 1) : graph.knownElements(stepsName)
  if (starts === undefined || axes === undefined || steps?.every((step) => step === 1) !== true)
    return undefined
  const before = dims.map(() => 0)
  for (const [index, axis] of axes.entries()) {
    const own = axis < 0 ? axis + dims.length : axis
    const [start, size] = [starts[index] ?? 0, dims[own]]
    if (start === 0) continue
    // What a start beyond the end means depends on the size, and so does a negative one.
    if (size === undefined) return undefined
    before[own] = Math.min(Math.max(start < 0 ? start + size : start, 0), size)
  }
  return before
}

/** Zeros around x are cut off again: Pad with the pads negated. Other modes copy elements, which are added back. */
const pad: Vjp = (context) => {
  const { node, graph } = context
  refuseGradientOf(context, 2, 'its fill value')
  if (readString(node, 'mode', 'constant') !== 'constant') return [scatterByPosition(context)]
  const [, pads, , axes = ''] = node.inputs as [string, string, string?, string?]
  const cut = graph.node('Neg', [pads])
  const inputs = [onlyCotangent(context), cut]
  return [graph.node('Pad', axes === '' ? inputs : [...inputs, '', axes])]
}

export const indexingRules: VjpFamily = {
  Slice: slice,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: pick,
  Pad: pad
}
