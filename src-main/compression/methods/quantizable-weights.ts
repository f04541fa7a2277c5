import { WorkbenchError } from '@contract/errors'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import type { TensorValues } from '../../onnx/ir/tensor'
import { hasDeferredWeight, readWeight, type WeightMatrix } from '../../onnx/linear-layer/read-weight'
import { isProduct, type WeightReplacement } from '../../onnx/passes/rewrite-products'
import { rewritableLayers } from '../../onnx/passes/rewrite-obstacle'
import { layerMatrix } from '../layer-matrix'

/**
 * Every MatMul and Gemm layer of the main graph with what `quantize` makes of its weight; each matrix is quantized once.
 * Layers in subgraphs and layers that multiply in another type than float32 are left out.
 *
 * - `keepFloat`  outputs of nodes that are left out too.
 * - `quantize`   deterministic. Of a deferred weight only scales and zero points are kept; it is called again when the
 *                values are asked for.
 * - `accepts`   the layers that are meant, when they are others than MatMul and Gemm.
 *
 * @throws WorkbenchError `numerical` for a weight that is not finite.
 */
export function quantizeWeights<
  Values extends Readonly<ArrayBufferView>,
  Weight extends { readonly values: TensorValues<Values> }
>(
  model: Model,
  keepFloat: ReadonlySet<string>,
  quantize: (weight: WeightMatrix) => Weight & { readonly values: Values },
  accepts: (layer: LinearLayer) => boolean = isProduct
): WeightReplacement<Weight>[] {
  const quantized = new Map<string, Weight>()
  return rewritableLayers(model, locateLinearLayers(model))
    .filter((layer) => accepts(layer) && !keepFloat.has(layer.nodeOutput))
    .map((layer) => {
      const key = layerMatrix(layer)
      const known = quantized.get(key)
      if (known !== undefined) return { layer, weight: known }
      const matrix = readWeight(model, layer)
      if (!matrix.data.every(Number.isFinite)) {
        throw new WorkbenchError(
          'numerical',
          `The weight of layer '${layer.id}' holds values that are not finite; it cannot be quantized.`
        )
      }
      const whole = quantize(matrix)
      const weight = hasDeferredWeight(model, layer)
        ? { ...whole, values: () => quantize(readWeight(model, layer)).values }
        : whole
      quantized.set(key, weight)
      return { layer, weight }
    })
}
