import type { LinearLayer } from '../onnx/linear-layer/linear-layer'

/**
 * Identifies the matrix W [in, out] by which a layer of the main graph multiplies: equal for two layers exactly when
 * they share a stored weight and read it in one orientation.
 *
 * The weight's name alone would not do: of two layers tied as x·W and y·Wᵀ, one would get the other's factors, and
 * with a square W nothing would fail.
 */
export function layerMatrix({ weightName, weightLayout }: LinearLayer): string {
  return `${weightLayout} ${weightName}`
}
