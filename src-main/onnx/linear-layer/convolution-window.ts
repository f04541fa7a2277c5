import type { Node } from '../ir/model'
import { readWindow, slideWindow, type Window } from '../shapes/conv'

/** Where the patches of a convolution with one group are, one entry per spatial axis. */
export interface ConvolutionWindow extends Window {
  readonly kernel: readonly number[]
}

/** The positions of the windows along one spatial axis. */
export interface AxisPositions {
  /** Zeros before the first sample. */
  readonly padBegin: number
  /** Number of windows. */
  readonly count: number
}

/** The window of a Conv with a kernel of these sizes. */
export function convolutionWindow(node: Node, kernel: readonly number[]): ConvolutionWindow {
  return { ...readWindow(node, kernel.length, kernel), kernel }
}

/** Whether a window covers one position at a time, and every position once. */
export function isPointwise({ kernel, strides, pads }: ConvolutionWindow): boolean {
  const isUnpadded = [...(pads?.begin ?? []), ...(pads?.end ?? [])].every((size) => size === 0)
  return isUnpadded && [...kernel, ...strides].every((size) => size === 1)
}

/**
 * The positions of the windows along an axis of `size` samples, as ONNX defines padding: SAME_UPPER puts an odd zero at
 * the end, SAME_LOWER at the beginning.
 */
export function axisPositions(window: ConvolutionWindow, axis: number, size: number): AxisPositions {
  const count = Math.max(0, slideWindow(window, axis, size) ?? 0)
  if (!window.autoPad.startsWith('SAME')) return { padBegin: window.pads?.begin[axis] ?? 0, count }
  const extent = (window.dilations[axis] ?? 1) * (window.kernel[axis]! - 1) + 1
  const total = Math.max(0, (count - 1) * (window.strides[axis] ?? 1) + extent - size)
  return { padBegin: window.autoPad === 'SAME_LOWER' ? Math.ceil(total / 2) : Math.floor(total / 2), count }
}
