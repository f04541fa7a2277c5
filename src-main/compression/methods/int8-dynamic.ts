/**
 * Dynamic int8: weights stored in int8, activations quantized as they come, products in integers.
 * The yardstick that every speech engineer has already: free, no data, one call. Limits: MatMul and Gemm only.
 */
import type { LinearLayer, LinearRole } from '../../onnx/linear-layer/linear-layer'
import type { Model } from '../../onnx/ir/model'
import { quantizeLinearDynamic, type QuantizedWeight } from '../../onnx/passes/quantize-linear-dynamic'
import { quantizeWeights } from './quantizable-weights'

/** Raised when the same model and settings would give another result. */
export const int8DynamicVersion = 2

/** Roles that do not tell of blocks: a stem's convolutions and an embedding stand before any network. */
const outsideBlocks: ReadonlySet<LinearRole> = new Set<LinearRole>(['conv', 'embedding', 'head', 'other'])

/**
 * The products before and around the network's blocks, by the output of their node: transforms of a front end that is
 * part of the graph (DFT, mel, DCT) and projections beside the blocks. Eight bits ruin a transform whose powers span
 * many decades, and there is little to gain. Empty when no blocks were recognised, for then nothing can be told apart.
 */
export function frontEndOutputs(layers: readonly LinearLayer[]): ReadonlySet<string> {
  const hasBlocks = layers.some(({ role }) => !outsideBlocks.has(role))
  return new Set(
    layers.flatMap(({ role, nodeOutput }) => (hasBlocks && role === 'other' ? [nodeOutput] : []))
  )
}

/**
 * The model with every MatMul and Gemm layer of its main graph in dynamic int8. Layers in subgraphs and layers that
 * multiply in another type than float32 stay as they are.
 *
 * - `keepFloat`  outputs of nodes that stay in float32 too (`frontEndOutputs` of the original model).
 *
 * @throws WorkbenchError `numerical` for a weight that is not finite, `unsupported-model` for a model before opset 11.
 */
export function applyInt8Dynamic(model: Model, keepFloat: ReadonlySet<string> = new Set()): Model {
  const replacements = quantizeWeights<Int8Array, QuantizedWeight>(model, keepFloat, (weight) =>
    quantizePerChannel(weight.data, weight.in, weight.out)
  )
  return quantizeLinearDynamic(model, replacements).model
}

/** Bytes of a stored [in, out] matrix: a value each, and a float32 scale and an int8 zero point per output channel. */
export function int8DynamicBytes(inFeatures: number, outFeatures: number): number {
  return inFeatures * outFeatures + 5 * outFeatures
}

/**
 * Symmetric int8 per output channel: scale_j = max_i |W[i, j]| / 127, value = round(W[i, j] / scale_j).
 *
 * `weight` [in, out], row-major, finite. A channel of zeros gets scale 1. The error of a value is at most half its scale.
 */
export function quantizePerChannel(
  weight: Float64Array,
  inFeatures: number,
  outFeatures: number
): QuantizedWeight & { readonly values: Int8Array } {
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
