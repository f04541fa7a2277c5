/**
 * Dynamic int8: weights stored in int8, activations quantized as they come, products in integers.
 * The yardstick that every speech engineer has already: free, no data, one call. Limits: MatMul and Gemm only.
 */
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { Model } from '../../onnx/ir/model'
import { quantizeLinearDynamic, type QuantizedWeight } from '../../onnx/passes/quantize-linear-dynamic'

/** Raised when the same model and settings would give another result. */
export const int8DynamicVersion = 1

/** The model with every MatMul and Gemm layer of its main graph in dynamic int8. */
export function applyInt8Dynamic(model: Model): Model {
  const quantized = new Map<string, QuantizedWeight>()
  const replacements = locateLinearLayers(model)
    .filter(isQuantizable)
    .map((layer) => {
      const weight = quantized.get(layer.weightName) ?? quantizeLayer(model, layer)
      quantized.set(layer.weightName, weight)
      return { layer, weight }
    })
  return quantizeLinearDynamic(model, replacements).model
}

function quantizeLayer(model: Model, layer: LinearLayer): QuantizedWeight {
  return quantizePerChannel(readWeight(model, layer).data, layer.inFeatures, layer.outFeatures)
}

function isQuantizable(layer: LinearLayer): boolean {
  return layer.operator !== 'Conv' && layer.graphPath.length === 0
}

/**
 * Symmetric int8 per output channel: scale_j = max_i |W[i, j]| / 127, value = round(W[i, j] / scale_j).
 *
 * `weight` [in, out], row-major. A channel of zeros gets scale 1. The error of a value is at most half its scale.
 */
export function quantizePerChannel(
  weight: Float64Array,
  inFeatures: number,
  outFeatures: number
): QuantizedWeight {
  const largest = new Float64Array(outFeatures)
  for (let i = 0; i < inFeatures; i++) {
    for (let j = 0; j < outFeatures; j++) {
      largest[j] = Math.max(largest[j]!, Math.abs(weight[i * outFeatures + j]!))
    }
  }
  const scales = Float32Array.from(largest, (magnitude) => (magnitude === 0 ? 1 : magnitude / 127))
  const values = new Int8Array(weight.length)
  for (let i = 0; i < inFeatures; i++) {
    for (let j = 0; j < outFeatures; j++) {
      const scaled = Math.round(weight[i * outFeatures + j]! / scales[j]!)
      values[i * outFeatures + j] = Math.max(-127, Math.min(127, scaled))
    }
  }
  return { values, scales }
}
