/** Conv and ConvTranspose in any number of spatial axes, with groups, strides, dilations and padding. */
import { readInt, readInts, readString } from '../../onnx/ir/attribute'
import {
  settleWindow,
  spatialShapeOf,
  spreadOverInput,
  weightCotangent,
  windowAttributes
} from '../sliding-window'
import { exceptChannels } from '../standardize'
import { dimsOf, onlyCotangent, refusal, typeOf, type Vjp, type VjpContext, type VjpFamily } from '../vjp'

/** A known number of channels. */
function known({ node }: VjpContext, count: number | undefined, what: string): number {
  if (count === undefined) throw refusal(node, `the number of ${what} is not known`)
  return count
}

const conv: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const c = onlyCotangent(context)
  const [x, weight] = node.inputs as [string, string]
  const dims = dimsOf(context, 0)
  const weightDims = dimsOf(context, 1)
  const group = readInt(node, 'group', 1)
  const window = settleWindow(node, dims, weightDims.slice(2))
  const sliding = {
    window,
    group,
    perGroup: known(context, weightDims[1], 'channels per group'),
    out: known(context, weightDims[0], 'output channels')
  }
  const spatialShape = () => spatialShapeOf(graph, x, window.kernel.length)
  return [
    isNeeded(0) ? spreadOverInput(graph, c, weight, { ...sliding, spatialShape: spatialShape() }) : undefined,
    isNeeded(1) ? weightCotangent(graph, x, c, { ...sliding, dataType: typeOf(context) }) : undefined,
    isNeeded(2) ? graph.reduceSum(c, exceptChannels(dims.length), false) : undefined
  ]
}

/** Weight [in, out / group, ...kernel]. x̄ = Conv(c, weight); for the weight, x and c change places. */
const convTranspose: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  if (readString(node, 'auto_pad', 'NOTSET') !== 'NOTSET' || readInts(node, 'output_shape') !== undefined) {
    throw refusal(node, 'its padding is given by auto_pad or output_shape, expected pads')
  }
  const c = onlyCotangent(context)
  const [x, weight] = node.inputs as [string, string]
  const dims = dimsOf(context, 0)
  const weightDims = dimsOf(context, 1)
  const group = readInt(node, 'group', 1)
  const window = settleWindow(node, dims, weightDims.slice(2))
  if (readInts(node, 'output_padding')?.some((extra, axis) => extra >= window.strides[axis]!) === true) {
    throw refusal(node, 'its output padding is not below its stride')
  }
  return [
    isNeeded(0) ? graph.node('Conv', [c, weight], windowAttributes(window, group)) : undefined,
    isNeeded(1)
      ? weightCotangent(graph, c, x, {
          window,
          group,
          perGroup: known(context, weightDims[1], 'channels per group'),
          out: known(context, weightDims[0], 'input channels'),
          dataType: typeOf(context)
        })
      : undefined,
    isNeeded(2) ? graph.reduceSum(c, exceptChannels(dims.length), false) : undefined
  ]
}

export const convolutionRules: VjpFamily = { Conv: conv, ConvTranspose: convTranspose }
