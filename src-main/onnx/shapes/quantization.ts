/** Quantized operators of ONNX and of ONNX Runtime's `com.microsoft` domain. */
import { readInt } from '../ir/attribute'
import { dataTypes } from '../ir/data-type'
import { convRule } from './conv'
import { inferredValue } from './inferred-value'
import { matmulRule } from './matmul'
import { contradiction, formatDims, type RuleFamily, type ShapeRule } from './shape-rule'

/** y, y_scale and y_zero_point. */
const dynamicQuantize: ShapeRule = ({ input }) => [
  inferredValue('uint8', input(0).dims),
  inferredValue('float32', []),
  inferredValue('uint8', [])
]

const quantize: ShapeRule = ({ node, input, hasInput }) => {
  const named = dataTypes[readInt(node, 'output_dtype', 0)] ?? 'undefined'
  const implied = named === 'undefined' ? 'uint8' : named
  return [inferredValue(hasInput(2) ? input(2).dataType : implied, input(0).dims)]
}

const dequantize: ShapeRule = ({ input }) => [inferredValue(input(1).dataType, input(0).dims)]

/** A [..., K] against a packed weight of K x N; both sizes are attributes. */
const matmulNBits: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  const inFeatures = readInt(node, 'K', 0)
  const last = dims?.[dims.length - 1]
  if (last !== undefined && last !== inFeatures) {
    throw contradiction(node, `the input is ${formatDims(dims)}, expected ${inFeatures} features`)
  }
  return [inferredValue(dataType, dims && [...dims.slice(0, -1), readInt(node, 'N', 0)])]
}

export const quantizationRules: RuleFamily = {
  DynamicQuantizeLinear: dynamicQuantize,
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  MatMulInteger: matmulRule(0, 1, 'int32'),
  ConvInteger: convRule(0, 1, 'int32'),
  QLinearMatMul: matmulRule(0, 3),
  QLinearConv: convRule(0, 3),
  MatMulNBits: matmulNBits,
  MatMulIntegerToFloat: matmulRule(0, 1, 'float32'),
  DynamicQuantizeMatMul: matmulRule(0, 1, 'float32')
}
