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

/**
 * The cotangent of x in y = Conv(x, weight): each output's cotangent is spread over the window it came from.
 *
 * The transposed convolution over the padded input covers all but up to stride − 1 elements at its end, which no
 * window reached; they get zeros, and the padding is cut off. `spatialShape` holds x's spatial sizes.
 */
export function spreadOverInput(
  graph: GraphWriter,
  cotangent: string,
  weight: string,
  {
    window,
    group,
    spatialShape
  }: {
    readonly window: SettledWindow
    readonly group: number
    readonly spatialShape: string
  }
): string {
  const rank = window.kernel.length
  const { kernel_shape, strides, dilations, group: groupAttribute } = windowAttributes(window, group)
  const full = graph.node('ConvTranspose', [cotangent, weight], {
    kernel_shape: kernel_shape!,
    strides: strides!,
    dilations: dilations!,
    group: groupAttribute!
  })
  const missing = window.strides.map((stride) => stride - 1)
  const none = new Array<number>(rank + 2).fill(0)
  const padded = missing.some((count) => count > 0)
    ? graph.node('Pad', [full, graph.ints([...none, 0, 0, ...missing])])
    : full
  const starts = graph.ints(window.before)
  const axes = graph.ints(window.kernel.map((_, axis) => axis + 2))
  return graph.node('Slice', [padded, starts, graph.add(spatialShape, starts), axes])
}

/**
 * The cotangent of the weight in y = Conv(x, weight): [out, in / group, ...kernel].
 *
 * w̄[m, c, k] = Σ_{n, o} x[n, c, o·stride + k·dilation] · ȳ[n, m, o] is itself a convolution, in which batch and channels
 * change places and stride and dilation too: x as [in / group, group·batch, ...] with the kernel ȳ as
 * [out, batch, ...]. It may find positions beyond the kernel, which are cut off.
 *
 * `perGroup` is in / group.
 */
export function weightCotangent(
  graph: GraphWriter,
  x: string,
  cotangent: string,
  options: { readonly window: SettledWindow; readonly group: number; readonly perGroup: number }
): string {
  const { window, group } = options
  const spatial = window.kernel.map((_, axis) => axis + 2)
  const swapFirst = { perm: intsAttribute([1, 0, ...spatial]) }
  const images = group === 1 ? graph.node('Transpose', [x], swapFirst) : groupsAsChannels(graph, x, options)
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
function groupsAsChannels(
  graph: GraphWriter,
  x: string,
  { window, group, perGroup }: { window: SettledWindow; group: number; perGroup: number }
): string {
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
