/** Convolutions: [batch, channels, ...spatial] against [outChannels, channels / group, ...kernel]. */
import { readInt, readInts, readString } from '../ir/attribute'
import type { DataType } from '../ir/data-type'
import type { Node } from '../ir/model'
import { inferredValue, type Dim } from './inferred-value'
import { contradiction, formatDims, type RuleFamily, type ShapeRule } from './shape-rule'

/** The sliding window of a convolution or pooling node, one entry per spatial axis. */
export interface Window {
  readonly kernel: readonly Dim[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Undefined under automatic padding. */
  readonly pads: { readonly begin: readonly number[]; readonly end: readonly number[] } | undefined
  readonly autoPad: string
}

/**
 * Reads the window attributes; `kernel` stands in for a missing `kernel_shape`.
 *
 * @throws WorkbenchError `invalid-input` for an input without batch and channels: `spatialRank` below 0.
 */
export function readWindow(node: Node, spatialRank: number, kernel?: readonly Dim[]): Window {
  if (spatialRank < 0) throw contradiction(node, `its input has rank ${spatialRank + 2}, expected 2 or more`)
  const autoPad = readString(node, 'auto_pad', 'NOTSET')
  const pads = readInts(node, 'pads') ?? new Array<number>(2 * spatialRank).fill(0)
  return {
    kernel: readInts(node, 'kernel_shape') ?? kernel ?? [],
    strides: readInts(node, 'strides') ?? new Array<number>(spatialRank).fill(1),
    dilations: readInts(node, 'dilations') ?? new Array<number>(spatialRank).fill(1),
    pads:
      autoPad === 'NOTSET'
        ? { begin: pads.slice(0, spatialRank), end: pads.slice(spatialRank, 2 * spatialRank) }
        : undefined,
    autoPad
  }
}

/** The size of one spatial axis after the window has slid over it. */
export function slideWindow(window: Window, axis: number, size: Dim, isCeiling = false): Dim {
  const kernel = window.kernel[axis]
  const stride = window.strides[axis] ?? 1
  if (size === undefined) return undefined
  if (window.autoPad.startsWith('SAME')) return Math.ceil(size / stride)
  if (kernel === undefined) return undefined
  const begin = window.pads?.begin[axis] ?? 0
  const padded = size + begin + (window.pads?.end[axis] ?? 0)
  const extent = (window.dilations[axis] ?? 1) * (kernel - 1) + 1
  const steps = (padded - extent) / stride
  if (!isCeiling) return Math.floor(steps) + 1
  // A window may not start in the padding at the far end; runtimes drop such a last step.
  const positions = Math.ceil(steps) + 1
  return (positions - 1) * stride >= size + begin ? positions - 1 : positions
}

/** A convolution of inputs `x` and `w`. */
export function convRule(x: number, w: number, outputType?: DataType): ShapeRule {
  return ({ node, input }) => {
    const dataType = outputType ?? input(x).dataType
    const dims = input(x).dims
    const weight = input(w).dims
    if (dims === undefined || weight === undefined) return [inferredValue(dataType, undefined)]
    checkChannels(node, dims, weight)
    const window = readWindow(node, dims.length - 2, weight.slice(2))
    const spatial = dims.slice(2).map((size, axis) => slideWindow(window, axis, size))
    if (spatial.some((size) => size !== undefined && size < 1)) {
      throw contradiction(
        node,
        `the kernel ${formatDims(weight.slice(2))} is larger than ${formatDims(dims)}`
      )
    }
    return [inferredValue(dataType, [dims[0], weight[0], ...spatial])]
  }
}

function checkChannels(node: Node, dims: readonly Dim[], weight: readonly Dim[]): void {
  const group = readInt(node, 'group', 1)
  const channels = dims[1]
  const perGroup = weight[1]
  if (dims.length !== weight.length) {
    throw contradiction(node, `the input is ${formatDims(dims)} and the weight ${formatDims(weight)}`)
  }
  if (channels !== undefined && perGroup !== undefined && channels !== perGroup * group) {
    throw contradiction(
      node,
      `the input has ${channels} channels, expected ${perGroup * group} for the weight ${formatDims(weight)}`
    )
  }
}

/** Transposed convolution: weight [channels, outChannels / group, ...kernel]. */
const convTranspose: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  const weight = input(1).dims
  if (dims === undefined || weight === undefined) return [inferredValue(dataType, undefined)]
  const window = readWindow(node, dims.length - 2, weight.slice(2))
  const extra = readInts(node, 'output_padding')
  const fixed = readInts(node, 'output_shape')
  const spatial = dims.slice(2).map((size, axis) => {
    if (fixed !== undefined) return fixed[axis]
    const kernel = window.kernel[axis]
    const stride = window.strides[axis] ?? 1
    if (size === undefined || kernel === undefined) return undefined
    if (window.autoPad.startsWith('SAME')) return size * stride
    const extent = (window.dilations[axis] ?? 1) * (kernel - 1) + 1
    const pad = (window.pads?.begin[axis] ?? 0) + (window.pads?.end[axis] ?? 0)
    return stride * (size - 1) + (extra?.[axis] ?? 0) + extent - pad
  })
  const perGroup = weight[1]
  const channels = perGroup === undefined ? undefined : perGroup * readInt(node, 'group', 1)
  return [inferredValue(dataType, [dims[0], channels, ...spatial])]
}

export const convRules: RuleFamily = {
  Conv: convRule(0, 1),
  FusedConv: convRule(0, 1),
  ConvTranspose: convTranspose
}
