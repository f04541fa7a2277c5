/**
 * Dynamic int8 in the graph, in the form that stock ONNX Runtime fuses into one integer kernel:
 *
 *   MatMul(x, W)  ->  xq, xs, xz = DynamicQuantizeLinear(x)               uint8 activations, scale per run
 *                     Cast(MatMulInteger(xq, Wq, xz, wz)) · (xs · ws)      int8 weights, scale per output channel
 *
 * Gemm adds its scaled bias after that. Convolutions have a pass of their own
 * (`quantizeConvolutionsDynamic`). Layers that read one value share its quantization, layers that share a weight share Wq.
 * Limit: x86 processors without VNNI add pairs of products in 16 bits, which can saturate for the largest values.
 */
import { WorkbenchError } from '@contract/errors'
import { intAttribute } from '../ir/attribute'
import { dataTypeNumber } from '../ir/data-type'
import type { Model } from '../ir/model'
import type { TensorValues } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import type { PassResult } from './pass'
import {
  productFactor,
  rewriteProducts,
  type ProductRewrite,
  type WeightReplacement
} from './rewrite-products'

/** A weight in int8 with one scale per output channel: W[i, j] ≈ values[i, j] · scales[j]. */
export interface QuantizedWeight {
  /** [in, out], row-major. */
  readonly values: TensorValues<Int8Array>
  /** [out] */
  readonly scales: Float32Array
}

/** The opset that brought DynamicQuantizeLinear. */
const oldestOpset = 11

/** Names of values, scale and zero point. */
export type QuantizedNames = readonly [values: string, scale: string, zeroPoint: string]

/**
 * Replaces MatMul and Gemm layers of the main graph by dynamic int8.
 *
 * Layers that are given one and the same weight object share the stored arrays.
 *
 * @throws WorkbenchError `unsupported-model` for a model before opset 11, and as `rewriteProducts`.
 */
export function quantizeLinearDynamic(
  model: Model,
  replacements: readonly WeightReplacement<QuantizedWeight>[]
): PassResult {
  if (replacements.length > 0) assertDynamicOpset(model)
  const quantizedInputs = new Map<string, QuantizedNames>()
  const storedWeights = new Map<QuantizedWeight, QuantizedNames>()
  return rewriteProducts(model, 'dynamic int8', replacements, (rewrite, node, { layer, weight }) => {
    const quantizedInput = quantizedInputs.get(layer.input) ?? quantizeInput(rewrite, layer.input)
    quantizedInputs.set(layer.input, quantizedInput)
    const stored = storedWeights.get(weight) ?? storeWeight(rewrite, layer, weight)
    storedWeights.set(weight, stored)
    const y = layer.nodeOutput
    const [input, inputScale, inputZeroPoint] = quantizedInput
    const factor = rewrite.times(inputScale, productFactor(node, layer), `${y}.alpha`)
    const operands = integerProduct(rewrite, y, [input, factor, inputZeroPoint], stored)
    rewrite.finish(node, layer, (output) => rewrite.push('Mul', operands, output))
  })
}

/** @throws WorkbenchError `unsupported-model` for a model before opset 11. */
export function assertDynamicOpset(model: Model): void {
  const opset = model.opsetImports.get('') ?? 1
  if (opset >= oldestOpset) return
  throw new WorkbenchError(
    'unsupported-model',
    `The model has opset ${opset}, dynamic int8 needs ${oldestOpset} or later; export it with a newer opset.`
  )
}

/** Sums of integer products in float32, and what they are to be multiplied by: the runtime fuses that into one kernel. */
export function integerProduct(
  rewrite: ProductRewrite,
  wanted: string,
  [input, inputScale, inputZeroPoint]: QuantizedNames,
  [values, scales, zeroPoints]: QuantizedNames
): [sums: string, scale: string] {
  const scale = rewrite.add('Mul', [inputScale, scales], `${wanted}.scale`)
  const sums = rewrite.add('MatMulInteger', [input, values, inputZeroPoint, zeroPoints], `${wanted}.integer`)
  const to = intAttribute(dataTypeNumber('float32'))
  return [rewrite.add('Cast', [sums], `${wanted}.float`, { attributes: { to } }), scale]
}

/** Adds the quantization of a value, to uint8 over its own range. */
export function quantizeInput(rewrite: ProductRewrite, value: string): QuantizedNames {
  const names = threeNames(rewrite, `${value}.uint8`)
  rewrite.nodes.push({
    name: names[0],
    opType: 'DynamicQuantizeLinear',
    domain: '',
    inputs: [value],
    outputs: names,
    attributes: new Map()
  })
  return names
}

function threeNames({ names }: ProductRewrite, quantized: string): QuantizedNames {
  return [names.take(quantized), names.take(`${quantized}_scale`), names.take(`${quantized}_zero_point`)]
}

/** Stores a weight [in, out] with its scales and with zero points of 0. */
export function storeWeight(
  rewrite: ProductRewrite,
  { weightName, inFeatures, outFeatures }: LinearLayer,
  { values, scales }: QuantizedWeight
): QuantizedNames {
  const name = `${weightName}.int8`
  return [
    rewrite.store(name, 'int8', [inFeatures, outFeatures], values),
    rewrite.store(`${name}_scale`, 'float32', [outFeatures], scales),
    rewrite.store(`${name}_zero_point`, 'int8', [outFeatures], new Int8Array(outFeatures))
  ]
}
