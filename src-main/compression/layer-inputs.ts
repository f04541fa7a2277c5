/** What the inputs of linear layers are to statistics: rows, gathered per value and per way of reading it. */
import { WorkbenchError } from '@contract/errors'
import { convolutionPatches } from '../onnx/linear-layer/convolution-patches'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import type { RuntimeTensor } from '../runtime/inference-backend'

/**
 * Whether statistics of a layer's inputs mean anything. An embedding's input is indices: its rows are one-hot, and their
 * second moment only counts how often calibration speech used each entry.
 */
export function hasInputRows({ operator }: LinearLayer): boolean {
  return operator !== 'Gather'
}

/**
 * Identifies the rows that a layer multiplies: equal for two layers exactly when `layerInputRows` gives both the same.
 *
 * The value's name alone would not do: two convolutions may read one value through different windows.
 */
export function layerInputKey({ operator, input, window }: LinearLayer): string {
  if (operator !== 'Conv') return input
  if (window === undefined) return `${input} by channels`
  const { kernel, strides, dilations, pads, autoPad } = window
  const padding = pads === undefined ? autoPad : [...pads.begin, ...pads.end].join(' ')
  return `${input} in patches ${[kernel, strides, dilations].map((sizes) => sizes.join('x')).join(' / ')} padded ${padding}`
}

/**
 * A layer's input as rows [n, in], chunk by chunk: the features are the last axis, for a pointwise Conv the second, and
 * patches for every other Conv (`convolutionPatches`).
 *
 * @throws WorkbenchError `internal` when `tensor` is missing or not float32, or for an embedding.
 */
export function layerInputRows(
  tensor: RuntimeTensor | undefined,
  layer: LinearLayer
): Iterable<Float32Array> {
  if (!hasInputRows(layer)) {
    throw new WorkbenchError('internal', `Layer '${layer.id}' is an embedding, which has no input rows.`)
  }
  if (tensor?.dataType !== 'float32') {
    throw new WorkbenchError(
      'internal',
      `The input of '${layer.id}' is ${tensor?.dataType ?? 'missing'}, expected float32.`
    )
  }
  if (layer.operator !== 'Conv') return [tensor.data]
  return layer.window === undefined
    ? [channelRows(tensor.data, tensor.dims, layer.inFeatures)]
    : convolutionPatches(tensor.data, tensor.dims, layer)
}

/** [batch, channels, ...space] as rows [batch · positions, channels]. */
function channelRows(data: Float32Array, dims: readonly number[], channels: number): Float32Array {
  const batch = dims[0] ?? 1
  const positions = data.length / (batch * channels)
  const rows = new Float32Array(data.length)
  for (let item = 0; item < batch; item++) {
    const base = item * channels * positions
    for (let channel = 0; channel < channels; channel++) {
      for (let position = 0; position < positions; position++) {
        rows[base + position * channels + channel] = data[base + channel * positions + position]!
      }
    }
  }
  return rows
}
