/** What a convolution multiplies: the patches of its input as rows, so that statistics see it as a matrix product. */
import { WorkbenchError } from '@contract/errors'
import { axisPositions, type ConvolutionWindow } from './convolution-window'
import type { LinearLayer } from './linear-layer'

/** Rows per chunk unless told otherwise: some megabytes for the widest windows of speech models. */
const defaultRows = 1024

/** One spatial axis of the input with its window. */
interface Axis {
  readonly size: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly padBegin: number
  /** Windows along the axis. */
  readonly count: number
}

/**
 * The patches of a convolution's input as rows [positions, channels · kernel elements], in chunks.
 *
 * Row p is the input under the p-th window, channels first, then the kernel's axes: the order in which
 * `readWeight` gives W [in, out], so that row · W is the convolution's output at p. Positions run over batch and space in
 * row-major order. Samples in the padding are zeros, as the convolution sees them.
 *
 * - `data`         float32, row-major, of shape `dims` [batch, channels, ...space]; not modified.
 * - `maximumRows`  rows per chunk; every chunk is an array of its own.
 *
 * @throws WorkbenchError `internal` for a layer without a window or an input that does not fit it.
 */
export function* convolutionPatches(
  data: Float32Array,
  dims: readonly number[],
  layer: LinearLayer,
  maximumRows = defaultRows
): Generator<Float32Array> {
  const window = windowFor(layer, dims, data.length)
  const [batch = 0, channels = 0, ...space] = dims
  // An image of height 1 has the same patches as a line.
  const axes = space.map((size, axis) => axisOf(window, axis, size))
  const [rows, columns] = axes.length === 1 ? [singleAxis, axes[0]!] : [axes[0]!, axes[1]!]
  const perItem = rows.count * columns.count
  const total = batch * perItem
  for (let first = 0; first < total; first += maximumRows) {
    const chunk = new Float32Array(Math.min(maximumRows, total - first) * layer.inFeatures)
    for (let row = 0; row * layer.inFeatures < chunk.length; row++) {
      const position = first + row
      const within = position % perItem
      copyPatch({
        data,
        // The item's first channel.
        base: Math.floor(position / perItem) * channels * rows.size * columns.size,
        channels,
        rows,
        columns,
        top: Math.floor(within / columns.count) * rows.stride - rows.padBegin,
        left: (within % columns.count) * columns.stride - columns.padBegin,
        target: chunk.subarray(row * layer.inFeatures, (row + 1) * layer.inFeatures)
      })
    }
    yield chunk
  }
}

const singleAxis: Axis = { size: 1, kernel: 1, stride: 1, dilation: 1, padBegin: 0, count: 1 }

function axisOf(window: ConvolutionWindow, axis: number, size: number): Axis {
  return {
    size,
    kernel: window.kernel[axis]!,
    stride: window.strides[axis] ?? 1,
    dilation: window.dilations[axis] ?? 1,
    ...axisPositions(window, axis, size)
  }
}

function windowFor(layer: LinearLayer, dims: readonly number[], length: number): ConvolutionWindow {
  const { window, inFeatures, id } = layer
  const [, channels = 0] = dims
  const elements = window?.kernel.reduce((product, size) => product * size, channels)
  const fits =
    dims.length - 2 === window?.kernel.length && dims.reduce((product, size) => product * size, 1) === length
  if (window === undefined || !fits || elements !== inFeatures) {
    throw new WorkbenchError(
      'internal',
      `An input of shape [${dims.join(', ')}] has no patches of ${inFeatures} features for layer '${id}'.`
    )
  }
  return window
}

interface Patch {
  readonly data: Float32Array
  readonly base: number
  readonly channels: number
  readonly rows: Axis
  readonly columns: Axis
  /** Where the window begins; negative in the padding. */
  readonly top: number
  readonly left: number
  /** Zeros, [channels · kernel elements]. */
  readonly target: Float32Array
}

function copyPatch({ data, base, channels, rows, columns, top, left, target }: Patch): void {
  let index = 0
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < rows.kernel; i++) {
      const y = top + i * rows.dilation
      const line = base + (channel * rows.size + y) * columns.size
      for (let j = 0; j < columns.kernel; j++, index++) {
        const x = left + j * columns.dilation
        const isInside = y >= 0 && y < rows.size && x >= 0 && x < columns.size
        if (isInside) target[index] = data[line + x]!
      }
    }
  }
}
