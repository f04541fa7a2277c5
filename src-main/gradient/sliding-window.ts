/** The cotangents of a window that slides over [batch, channels, ...spatial]: shared by convolution and pooling. */
import { intAttribute, intsAttribute } from '../onnx/ir/attribute'
import type { DataType } from '../onnx/ir/data-type'
import type { Node } from '../onnx/ir/model'
import { readWindow } from '../onnx/shapes/conv'
import type { Attributes, GraphWriter, StaticDims } from './graph-writer'
import { refusal } from './vjp'

/** A window whose padding is settled; one entry per spatial axis. */
export interface SettledWindow {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/**
 * The window of a convolution or pooling node over an input of static shape `dims`, with a kernel of sizes `kernel`
 * where the node does not give them.
 *
 * @throws WorkbenchError `unsupported-model` for a kernel of unknown size, and for SAME padding of an input whose
 * size is not known.
 */
export function settleWindow(node: Node, dims: StaticDims, kernel?: StaticDims): SettledWindow {
  const rank = dims.length - 2
  const window = readWindow(node, rank, kernel)
  const sizes = window.kernel.map((size) => {
    if (size === undefined) throw refusal(node, 'the size of its kernel is not known')
    return size
  })
  const { strides, dilations } = window
  if (window.pads !== undefined) {
    return { kernel: sizes, strides, dilations, before: window.pads.begin, after: window.pads.end }
  }
  const totals = sizes.map((size, axis) => {
    if (window.autoPad === 'VALID') return 0
    const input = dims[axis + 2]
    if (input === undefined) throw refusal(node, `${window.autoPad} padding needs an input of known size`)
    const stride = strides[axis]!
    const extent = dilations[axis]! * (size - 1) + 1
    return Math.max(0, (Math.ceil(input / stride) - 1) * stride + extent - input)
  })
  // SAME_UPPER puts the odd element behind, SAME_LOWER in front.
  const round = window.autoPad === 'SAME_LOWER' ? Math.ceil : Math.floor
  const before = totals.map((total) => round(total / 2))
  return {
    kernel: sizes,
    strides,
    dilations,
    before,
    after: totals.map((total, axis) => total - before[axis]!)
  }
}

/** The attributes of a Conv with this window. */
export function windowAttributes(window: SettledWindow, group: number): Attributes {
  return {
    group: intAttribute(group),
    kernel_shape: intsAttribute(window.kernel),
    strides: intsAttribute(window.strides),
    dilations: intsAttribute(window.dilations),
    pads: intsAttribute([...window.before, ...window.after])
  }
}

/** The weight of a convolution: [out, perGroup, ...kernel], `out` being a multiple of `group`. */
export interface SlidingWeight {
  readonly window: SettledWindow
  readonly group: number
  /** Input channels of a group. */
  readonly perGroup: number
  readonly out: number
}

/**
 * The cotangent of x in y = Conv(x, weight): each output's cotangent is spread over the window it came from.
 *
 * With strides of 1 that is a convolution itself, with the kernel turned round and the channels of each group swapped; the
 * runtime is much faster at it than at the transposed convolution, ten times for depthwise kernels. With other strides it is
 * the transposed convolution, whose output_padding covers up to stride − 1 elements at the end that no window reached; what
 * lies beyond x is cut off. `spatialShape` holds x's spatial sizes.
 */
export function spreadOverInput(
  graph: GraphWriter,
  cotangent: string,
  weight: string,
  { spatialShape, ...sliding }: SlidingWeight & { readonly spatialShape: string }
): string {
  const { window, group } = sliding
  const reach = window.kernel.map((size, axis) => window.dilations[axis]! * (size - 1))
  const before = reach.map((each, axis) => each - window.before[axis]!)
  const after = reach.map((each, axis) => each - window.after[axis]!)
  if (window.strides.every((stride) => stride === 1) && [...before, ...after].every((pad) => pad >= 0)) {
    const attributes = windowAttributes({ ...window, before, after }, group)
    return graph.node('Conv', [cotangent, turnedRound(graph, weight, sliding)], attributes)
  }
  const none = window.after.map(() => 0)
  const full = graph.node('ConvTranspose', [cotangent, weight], {
    ...windowAttributes({ ...window, after: none }, group),
    output_padding: intsAttribute(window.strides.map((stride) => stride - 1))
  })
  const axes = graph.ints(window.kernel.map((_, axis) => axis + 2))
  return graph.node('Slice', [full, graph.ints(none), spatialShape, axes])
}

/** The weight with its kernel read backwards and the channels of each group swapped: [in, out / group, ...kernel]. */
function turnedRound(graph: GraphWriter, weight: string, sliding: SlidingWeight): string {
  const { kernel } = sliding.window
  const swapped = swapChannels(graph, weight, sliding)
  if (kernel.every((size) => size === 1)) return swapped
  const each = (value: number) => graph.ints(kernel.map(() => value))
  const axes = graph.ints(kernel.map((_, axis) => axis + 2))
  return graph.node('Slice', [swapped, each(-1), each(-Number.MAX_SAFE_INTEGER), axes, each(-1)])
}

function swapChannels(graph: GraphWriter, weight: string, sliding: SlidingWeight): string {
  const { window, group, perGroup, out } = sliding
  const { kernel } = window
  const spatial = kernel.map((_, axis) => axis + 2)
  const outPerGroup = out / group
  if (group === 1) return graph.node('Transpose', [weight], { perm: intsAttribute([1, 0, ...spatial]) })
  if (perGroup === 1 && outPerGroup === 1) return weight
  const split = graph.reshape(weight, graph.ints([group, outPerGroup, perGroup, ...kernel]))
  const order = [0, 2, 1, ...spatial.map((axis) => axis + 1)]
  const swapped = graph.node('Transpose', [split], { perm: intsAttribute(order) })
  return graph.reshape(swapped, graph.ints([group * perGroup, outPerGroup, ...kernel]))
}

/**
 * The cotangent of the weight in y = Conv(x, weight): [out, in / group, ...kernel].
 *
 * w̄[m, c, k] = Σ_{n, o} x[n, c, o·stride + k·dilation] · ȳ[n, m, o]: without groups a matrix product of ȳ with the patches
 * of x, summed over n; with groups a convolution.
 */
export function weightCotangent(
  graph: GraphWriter,
  x: string,
  cotangent: string,
  sliding: SlidingWeight & { readonly dataType: DataType }
): string {
  return sliding.group === 1
    ? productWithPatches(graph, x, cotangent, sliding)
    : correlatedGroups(graph, x, cotangent, sliding)
}

function productWithPatches(
  graph: GraphWriter,
  x: string,
  cotangent: string,
  { window, perGroup, out, dataType }: SlidingWeight & { readonly dataType: DataType }
): string {
  const size = perGroup * window.kernel.reduce((product, each) => product * each, 1)
  // Positions in one axis: [batch, channels, positions].
  const flat = (value: string, channels: number) =>
    window.kernel.length === 1 ? value : graph.node('Reshape', [value, graph.ints([0, channels, -1])])
  const patches = flat(patchesOf(graph, x, { window, perGroup, dataType }), size)
  const products = graph.node('MatMul', [flat(cotangent, out), graph.swapLast(patches, 3)])
  const summed = graph.reduceSum(products, [0], false)
  return graph.reshape(summed, graph.ints([out, perGroup, ...window.kernel]))
}

/**
 * What lies under each window: [batch, channels·kernel elements, ...positions]. A depthwise convolution whose kernels pick
 * one element each gives it, so that padding, strides and dilations are the forward pass's own.
 */
function patchesOf(
  graph: GraphWriter,
  x: string,
  {
    window,
    perGroup: channels,
    dataType
  }: Pick<SlidingWeight, 'window' | 'perGroup'> & { readonly dataType: DataType }
): string {
  const { kernel, strides, before, after } = window
  const elements = kernel.reduce((product, each) => product * each, 1)
  const isWhole = elements === 1 && [...before, ...after].every((pad) => pad === 0)
  if (isWhole && strides.every((stride) => stride === 1)) return x
  const picks = graph.node('EyeLike', [graph.filled(graph.ints([elements, elements]), 0, dataType)])
  const forEach = graph.node('Tile', [picks, graph.ints([channels, 1])])
  const weight = graph.reshape(forEach, graph.ints([channels * elements, 1, ...kernel]))
  return graph.node('Conv', [x, weight], windowAttributes(window, channels))
}

/**
 * The same sum as a convolution in which batch and channels change places and stride and dilation too: x as
 * [in / group, group·batch, ...] with the kernel ȳ as [out, batch, ...]. It may find positions beyond the kernel,
 * which are cut off.
 */
function correlatedGroups(graph: GraphWriter, x: string, cotangent: string, sliding: SlidingWeight): string {
  const { window, group } = sliding
  const spatial = window.kernel.map((_, axis) => axis + 2)
  const swapFirst = { perm: intsAttribute([1, 0, ...spatial]) }
  const images = groupsAsChannels(graph, x, sliding)
  const found = graph.node('Conv', [images, graph.node('Transpose', [cotangent], swapFirst)], {
    group: intAttribute(group),
    strides: intsAttribute(window.dilations),
    dilations: intsAttribute(window.strides),
    pads: intsAttribute([...window.before, ...window.after])
  })
  const zeros = graph.ints(spatial.map(() => 0))
  const cut = graph.node('Slice', [found, zeros, graph.ints(window.kernel), graph.ints(spatial)])
  // [in / group, out, ...kernel] to [out, in / group, ...kernel].
  return graph.node('Transpose', [cut], swapFirst)
}

/** [batch, group·perGroup, ...] to [perGroup, group·batch, ...]. */
function groupsAsChannels(graph: GraphWriter, x: string, { window, group, perGroup }: SlidingWeight): string {
  const spatial = window.kernel.map((_, axis) => axis + 3)
  const sizes = spatialShapeOf(graph, x, spatial.length)
  const axis0 = { axis: intAttribute(0) }
  const split = graph.node('Concat', [graph.ints([-1, group, perGroup]), sizes], axis0)
  const moved = graph.node('Transpose', [graph.reshape(x, split)], {
    perm: intsAttribute([2, 1, 0, ...spatial])
  })
  return graph.reshape(moved, graph.node('Concat', [graph.ints([perGroup, -1]), sizes], axis0))
}

/** The spatial part of the shape of `value`, a value of the model of rank `rank` + 2. */
export function spatialShapeOf(graph: GraphWriter, value: string, rank: number): string {
  const dims = graph.dims(value)?.slice(2)
  if (dims?.every((dim) => dim !== undefined)) return graph.ints(dims)
  return graph.node('Slice', [graph.shapeOf(value), graph.ints([2]), graph.ints([rank + 2])])
}

/** A kernel of ones [1, 1, ...kernel]: a convolution with it sums a window. */
export function onesKernel(graph: GraphWriter, window: SettledWindow, dataType: DataType): string {
  return graph.filled(graph.ints([1, 1, ...window.kernel]), 1, dataType)
}
