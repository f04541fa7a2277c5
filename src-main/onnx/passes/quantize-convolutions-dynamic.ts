/**
 * Convolutions over time in dynamic int8, as products of patches:
 *
 *   Conv(x, W)  ->  Transpose(patches(Transpose(xq)) · Wq), with xq, xs, xz = DynamicQuantizeLinear(x)
 *
 * ONNX Runtime's ConvInteger and QLinearConv do not reach its integer matrix product. Patches are slices of the quantized
 * input, one per tap of the kernel, side by side: a byte per value, so that making them costs little. Padding is the zero
 * point, which stands for 0. The two transpositions cancel against those around a transformer's stem or a pointwise
 * convolution when the runtime loads the model.
 */
import { intAttribute, intsAttribute } from '../ir/attribute'
import type { Model, Node } from '../ir/model'
import type { TensorValues } from '../ir/tensor'
import type { ConvolutionWindow } from '../linear-layer/convolution-window'
import type { LinearLayer } from '../linear-layer/linear-layer'
import type { PassResult } from './pass'
import {
  assertDynamicOpset,
  integerProduct,
  quantizeInput,
  storeWeight,
  type QuantizedNames,
  type QuantizedWeight
} from './quantize-linear-dynamic'
import { rewriteLayers, type ProductRewrite, type WeightReplacement } from './rewrite-products'

/** One tap, every position. */
const pointwise: ConvolutionWindow = {
  kernel: [1],
  strides: [1],
  dilations: [1],
  pads: { begin: [0], end: [0] },
  autoPad: 'NOTSET'
}

/** A slice's end beyond every axis. */
const farEnd = 2 ** 31 - 1

/**
 * Whether the pass takes a layer: a Conv of the main graph over one axis whose padding does not depend on the length. A window
 * over a single channel is over a waveform: transforms that were exported as convolutions stay exact.
 */
export function isTimeConvolution(model: Model, layer: LinearLayer): boolean {
  const { operator, window = pointwise, weightName, inFeatures, graphPath } = layer
  if (operator !== 'Conv' || graphPath.length > 0) return false
  const isOverTime = model.graph.initializers.get(weightName)?.dims.length === 3
  const isPadded = window.pads !== undefined || window.autoPad === 'VALID'
  const taps = tapsOf(window)
  return isOverTime && isPadded && (taps === 1 || inFeatures > taps)
}

function tapsOf(window: ConvolutionWindow): number {
  return window.kernel[0] ?? 1
}

/**
 * Replaces convolutions by dynamic int8. Weights are those of `LinearLayer`: [channels · taps, out], channels first.
 *
 * @throws WorkbenchError `unsupported-model` for a model before opset 11, and as `rewriteLayers`.
 */
export function quantizeConvolutionsDynamic(
  model: Model,
  replacements: readonly WeightReplacement<QuantizedWeight>[]
): PassResult {
  if (replacements.length > 0) assertDynamicOpset(model)
  const quantizedInputs = new Map<string, QuantizedNames>()
  return rewriteLayers(model, replacements, (rewrite, node, { layer, weight }) => {
    const { nodeOutput: y, window = pointwise } = layer
    const [input, inputScale, zeroPoint] =
      quantizedInputs.get(layer.input) ?? quantizeInput(rewrite, layer.input)
    quantizedInputs.set(layer.input, [input, inputScale, zeroPoint])
    const patches = addPatches(rewrite, y, window, { input, zeroPoint })
    const values = tapsFirst(weight.values, layer, tapsOf(window))
    const stored = storeWeight(rewrite, layer, { ...weight, values })
    const product = rewrite.add(
      'Mul',
      integerProduct(rewrite, y, [patches, inputScale, zeroPoint], stored),
      `${y}.product`
    )
    const sum = addBias(rewrite, node, product, y)
    rewrite.push('Transpose', [sum], y, channelsAndFrames)
  })
}

const channelsAndFrames = { attributes: { perm: intsAttribute([0, 2, 1]) } }

/** The quantized input [batch, channels, frames] as patches [batch, positions, taps · channels]. */
function addPatches(
  rewrite: ProductRewrite,
  y: string,
  window: ConvolutionWindow,
  { input, zeroPoint }: { readonly input: string; readonly zeroPoint: string }
): string {
  const integers = (name: string, values: readonly number[]) =>
    rewrite.store(`${y}.${name}`, 'int64', [values.length], BigInt64Array.from(values, BigInt))
  const taps = tapsOf(window)
  const [stride = 1, dilation = 1] = [window.strides[0], window.dilations[0]]
  const [begin = 0, end = 0] = [window.pads?.begin[0], window.pads?.end[0]]
  const frames = rewrite.add('Transpose', [input], `${y}.frames`, channelsAndFrames)
  const padded =
    begin === 0 && end === 0
      ? frames
      : rewrite.add('Pad', [frames, integers('pads', [0, begin, 0, 0, end, 0]), zeroPoint], `${y}.padded`)
  if (taps === 1 && stride === 1) return padded
  const axis = integers('axis', [1])
  const step = integers('step', [stride])
  const slices = Array.from({ length: taps }, (_, tap) => {
    // As many frames are left behind the last tap's slice as are before it.
    const behind = dilation * (taps - 1 - tap)
    const range = [integers('start', [dilation * tap]), integers('end', [behind === 0 ? farEnd : -behind])]
    return rewrite.add('Slice', [padded, ...range, axis, step], `${y}.tap`)
  })
  if (taps === 1) return slices[0]!
  return rewrite.add('Concat', slices, `${y}.patches`, { attributes: { axis: intAttribute(2) } })
}

function addBias(rewrite: ProductRewrite, node: Node, product: string, y: string): string {
  const bias = node.inputs[2] ?? ''
  return bias === '' ? product : rewrite.add('Add', [product, bias], `${y}.sum`)
}

/** Rows channel · taps + tap become rows tap · channels + channel. */
function tapsFirst(
  values: TensorValues<Int8Array>,
  { inFeatures, outFeatures }: LinearLayer,
  taps: number
): TensorValues<Int8Array> {
  if (taps === 1) return values
  if (typeof values === 'function') return () => reorder(values())
  return reorder(values)

  function reorder(rows: Int8Array): Int8Array {
    const channels = inFeatures / taps
    const result = new Int8Array(rows.length)
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = 0; tap < taps; tap++) {
        const from = (channel * taps + tap) * outFeatures
        result.set(rows.subarray(from, from + outFeatures), (tap * channels + channel) * outFeatures)
      }
    }
    return result
  }
}
