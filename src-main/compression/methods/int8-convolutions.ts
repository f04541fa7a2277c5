/**
 * Dynamic int8 with the convolutions over time in it too: what plain dynamic int8 leaves in float32 is a fifth of the time of a
 * small encoder. Limits: one axis, one group, several input channels; depthwise and two-dimensional convolutions stay.
 */
import type { Model } from '../../onnx/ir/model'
import type { QuantizedWeight } from '../../onnx/passes/quantize-linear-dynamic'
import {
  isTimeConvolution,
  quantizeConvolutionsDynamic
} from '../../onnx/passes/quantize-convolutions-dynamic'
import { applyInt8Dynamic, int8DynamicVersion, quantizePerChannel } from './int8-dynamic'
import { quantizeWeights } from './quantizable-weights'

/** Raised, as that of dynamic int8, when the same model and settings would give another result. */
export const int8ConvolutionsVersion = int8DynamicVersion

/**
 * `applyInt8Dynamic`, and every convolution of the main graph that `isTimeConvolution` tells in the same format: int8 weights
 * with a scale per output channel, uint8 inputs with one scale per run.
 *
 * @throws WorkbenchError as `applyInt8Dynamic`.
 */
export function applyInt8Convolutions(model: Model, keepFloat: ReadonlySet<string> = new Set()): Model {
  const convolutions = quantizeWeights<Int8Array, QuantizedWeight>(
    model,
    keepFloat,
    (weight) => quantizePerChannel(weight.data, weight.in, weight.out),
    (layer) => isTimeConvolution(model, layer)
  )
  // In this order: the products of patches are no linear layers of float32 that would be quantized once more.
  return applyInt8Dynamic(quantizeConvolutionsDynamic(model, convolutions).model, keepFloat)
}
