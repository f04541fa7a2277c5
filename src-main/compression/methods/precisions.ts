import type { Precision } from '@contract/recipe'
import type { Model } from '../../onnx/ir/model'
import { applyFloat16, float16Bytes, float16Version } from './float16'
import { applyInt8Convolutions, int8ConvolutionsVersion } from './int8-convolutions'
import { applyInt8Dynamic, int8DynamicBytes, int8DynamicVersion } from './int8-dynamic'
import { applyWeightOnly, weightOnlyBytes, weightOnlyVersion } from './weight-only'

/** A number format for the weights of a finished model. It stacks on low rank: factors are layers like any other. */
export interface PrecisionFormat {
  readonly name: Precision
  /** Raised when the same model and settings would give another result. */
  readonly version: number
  /**
   * The model in this format.
   *
   * - `keepFloat`  outputs of linear nodes that stay in float32 (`frontEndOutputs` of the original model).
   *
   * @throws WorkbenchError `numerical`, `unsupported-model`: what the format cannot hold.
   */
  readonly apply: (model: Model, keepFloat: ReadonlySet<string>) => Model
  /** Bytes of a stored weight [in, out] of a MatMul or Gemm, without names and graph structure. */
  readonly weightBytes: (inFeatures: number, outFeatures: number) => number
  /** What is stored in it besides products: convolutions, or embeddings too. The rest stays float32. */
  readonly holds: 'products' | 'convolutions' | 'everything'
  /** True where a model becomes smaller but, as measured, not faster (docs/methods.md). */
  readonly storageOnly: boolean
}

/** Every number format by name. A new format is a file and a row here. */
export const precisionTable = {
  float32: {
    name: 'float32',
    version: 1,
    apply: (model) => model,
    weightBytes: (inFeatures, outFeatures) => 4 * inFeatures * outFeatures,
    holds: 'everything',
    storageOnly: false
  },
  float16: {
    name: 'float16',
    version: float16Version,
    apply: applyFloat16,
    weightBytes: float16Bytes,
    holds: 'everything',
    storageOnly: true
  },
  int8: {
    name: 'int8',
    version: int8DynamicVersion,
    apply: applyInt8Dynamic,
    weightBytes: int8DynamicBytes,
    holds: 'products',
    storageOnly: false
  },
  'int8-convolutions': {
    name: 'int8-convolutions',
    version: int8ConvolutionsVersion,
    apply: applyInt8Convolutions,
    weightBytes: int8DynamicBytes,
    holds: 'convolutions',
    storageOnly: false
  },
  'int8-weights': {
    name: 'int8-weights',
    version: weightOnlyVersion,
    apply: (model, keepFloat) => applyWeightOnly(model, 8, keepFloat),
    weightBytes: (inFeatures, outFeatures) => weightOnlyBytes(inFeatures, outFeatures, 8),
    holds: 'products',
    storageOnly: true
  },
  'int4-weights': {
    name: 'int4-weights',
    version: weightOnlyVersion,
    apply: (model, keepFloat) => applyWeightOnly(model, 4, keepFloat),
    weightBytes: (inFeatures, outFeatures) => weightOnlyBytes(inFeatures, outFeatures, 4),
    holds: 'products',
    storageOnly: true
  }
} as const satisfies Record<Precision, PrecisionFormat>

/** The model in a number format: `precisionTable[precision].apply`. */
export function applyPrecision(
  model: Model,
  precision: Precision,
  keepFloat: ReadonlySet<string> = new Set()
): Model {
  return precisionTable[precision].apply(model, keepFloat)
}
