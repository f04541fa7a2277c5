/**
 * float16 as a storage format: every weight of at least 256 values in half precision, arithmetic in float32. Half the
 * bytes, eleven significant bits, the speed of float32. Nothing is fitted and nothing needs data.
 */
import type { Model } from '../../onnx/ir/model'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { smallestHalfTensor, storeFloat16 } from '../../onnx/passes/store-float16'

/** Raised when the same model and settings would give another result. */
export const float16Version = 1

/**
 * The model with its large weights in float16, those of convolutions, embeddings and subgraphs included. Weights that
 * halves cannot hold stay in float32 (`storeFloat16`).
 *
 * - `keepFloat`  outputs of linear nodes whose weights stay in float32 (`frontEndOutputs` of the original model).
 */
export function applyFloat16(model: Model, keepFloat: ReadonlySet<string> = new Set()): Model {
  const keep = locateLinearLayers(model).filter(({ nodeOutput }) => keepFloat.has(nodeOutput))
  return storeFloat16(model, new Set(keep.map(({ weightName }) => weightName))).model
}

/** Bytes of a stored [in, out] matrix: 2 a value, 4 where it is too small to be worth a Cast. */
export function float16Bytes(inFeatures: number, outFeatures: number): number {
  const count = inFeatures * outFeatures
  return count * (count < smallestHalfTensor ? 4 : 2)
}
