/** Pooling over the spatial axes of [batch, channels, ...spatial]. */
import { intAttribute, readInt } from '../../onnx/ir/attribute'
import type { GraphWriter } from '../graph-writer'
import {
  onesKernel,
  settleWindow,
  spatialShapeOf,
  spreadOverInput,
  windowAttributes,
  type SettledWindow
} from '../sliding-window'
import {
  dimsOf,
  onlyCotangent,
  refusal,
  scatterAdd,
  typeOf,
  type Vjp,
  type VjpContext,
  type VjpFamily
} from '../vjp'

const axis0 = { axis: intAttribute(0) }

/** Each cotangent is shared equally by the elements of its window, channel by channel. */
const averagePool: Vjp = (context) => {
  const { node, graph } = context
  if (readInt(node, 'ceil_mode', 0) === 1) throw refusal(node, 'ceil_mode is set')
  const x = node.inputs[0]!
  const window = settleWindow(node, dimsOf(context, 0))
  const share = graph.div(onlyCotangent(context), windowCounts(context, window))
  const rank = window.kernel.length
  const spatialShape = spatialShapeOf(graph, x, rank)
  // Every channel is an image of its own: [batch·channels, 1, ...].
  const pooledShape = spatialShapeOf(graph, node.outputs[0]!, rank)
  const images = graph.reshape(share, graph.node('Concat', [graph.ints([-1, 1]), pooledShape], axis0))
  const kernel = onesKernel(graph, window, typeOf(context))
  const spread = spreadOverInput(graph, images, kernel, {
    window,
    group: 1,
    perGroup: 1,
    out: 1,
    spatialShape
  })
  return [graph.reshape(spread, graph.shapeOf(x))]
}

/** How many elements each window averages: all of it, or only what lies inside the input. */
function windowCounts(context: VjpContext, window: SettledWindow): string {
  const { node, graph } = context
  const dataType = typeOf(context)
  const hasPads = [...window.before, ...window.after].some((pad) => pad > 0)
  if (!hasPads || readInt(node, 'count_include_pad', 0) === 1) {
    return graph.scalar(
      window.kernel.reduce((product, size) => product * size, 1),
      dataType
    )
  }
  const spatialShape = spatialShapeOf(graph, node.inputs[0]!, window.kernel.length)
  const ones = graph.filled(graph.node('Concat', [graph.ints([1, 1]), spatialShape], axis0), 1, dataType)
  return graph.node('Conv', [ones, onesKernel(graph, window, dataType)], windowAttributes(window, 1))
}

/** The cotangent goes to the element that the forward pass chose: the first maximum of a window. */
const maxPool: Vjp = (context) => {
  const { node, graph } = context
  if (readInt(node, 'storage_order', 0) === 1) throw refusal(node, 'storage_order is column-major')
  const x = node.inputs[0]!
  const all = graph.ints([-1])
  const size = graph.reshape(graph.node('Size', [x]), graph.ints([1]))
  const chosen = graph.reshape(graph.outputOf(node, 1), all)
  const updates = graph.reshape(onlyCotangent(context), all)
  const flat = scatterAdd(context, size, { indices: chosen, updates })
  return [graph.reshape(flat, graph.shapeOf(x))]
}

const globalAveragePool: Vjp = (context) => {
  const { node, graph } = context
  const x = node.inputs[0]!
  const count = graph.div(graph.node('Size', [x]), graph.node('Size', [node.outputs[0]!]))
  const share = graph.div(onlyCotangent(context), graph.cast(count, typeOf(context)))
  return [graph.node('Expand', [share, graph.shapeOf(x)])]
}

/** Elements that tie share the cotangent equally. */
const globalMaxPool: Vjp = (context) => {
  const { node, graph } = context
  const x = node.inputs[0]!
  const isWinner = graph.cast(graph.node('Equal', [x, node.outputs[0]!]), typeOf(context))
  const count = sumOverSpace(graph, isWinner, dimsOf(context, 0).length)
  return [graph.mul(isWinner, graph.div(onlyCotangent(context), count))]
}

function sumOverSpace(graph: GraphWriter, value: string, rank: number): string {
  return graph.reduceSum(
    value,
    Array.from({ length: rank - 2 }, (_, axis) => axis + 2)
  )
}

export const poolingRules: VjpFamily = {
  AveragePool: averagePool,
  MaxPool: maxPool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool
}
