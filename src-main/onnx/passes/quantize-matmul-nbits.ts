/**
 * Weights in blocks of few bits, for ONNX Runtime's `com.microsoft` operator MatMulNBits:
 *
 *   MatMul(x, W)  ->  MatMulNBits(x, Q, S, Z)         W[i, j] ≈ S[j, i ÷ B] · (Q[j, i] − Z[j, i ÷ B])
 *
 * Inputs and outputs stay float32. Gemm adds its scaled bias after that. Each output channel is stored as blocks of B
 * input features; the last block of a channel is padded when B does not divide them, so every size is fit for the kernel.
 * Convolutions are left alone: the operator has no form for them.
 *
 * Source: onnxruntime, docs/ContribOperators.md, com.microsoft.MatMulNBits.
 */
import { WorkbenchError } from '@contract/errors'
import { intAttribute } from '../ir/attribute'
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
import { contributedDomain, importContributed } from '../ir/operator-domains'

/** How a weight [in, out] is laid out in blocks. Sizes are per output channel. */
export interface BlockLayout {
  readonly bits: 4 | 8
  /** Input features that share a scale: a power of two from 16. */
  readonly blockSize: number
  /** ⌈in ÷ blockSize⌉ */
  readonly blocks: number
  /** Bytes of the values, padding included. */
  readonly valueBytes: number
  /** Bytes of the zero points: `blocks` of them, packed. */
  readonly zeroPointBytes: number
}

/** A weight in blocks. In a byte the lower four bits come first. */
export interface BlockedWeight {
  readonly layout: BlockLayout
  /** [out, blocks, blockSize · bits ÷ 8] */
  readonly values: TensorValues<Uint8Array>
  /** [out, blocks] */
  readonly scales: Float32Array
  /** [out, zeroPointBytes] */
  readonly zeroPoints: Uint8Array
}

/**
 * In what the kernel multiplies. `float32`: the weights as they are stored, inputs untouched. `int8`: inputs are rounded
 * to eight bits in blocks too, where the processor has a kernel for it.
 */
export type BlockArithmetic = 'float32' | 'int8'

/** The operator's `accuracy_level`. */
const accuracyLevels: Readonly<Record<BlockArithmetic, number>> = { float32: 1, int8: 4 }

/** The layout for a weight with `inFeatures` rows. */
export function blockLayout(inFeatures: number, bits: 4 | 8, blockSize: number): BlockLayout {
  const blocks = Math.ceil(inFeatures / blockSize)
  return {
    bits,
    blockSize,
    blocks,
    valueBytes: (blocks * blockSize * bits) / 8,
    zeroPointBytes: Math.ceil((blocks * bits) / 8)
  }
}

/**
 * Replaces MatMul and Gemm layers of the main graph by products with weights in blocks.
 *
 * Layers that are given one and the same weight object share the stored arrays.
 *
 * @throws WorkbenchError `internal` for a weight of another size than its layer's, and as `rewriteProducts`.
 */
export function quantizeMatMulNBits(
  model: Model,
  replacements: readonly WeightReplacement<BlockedWeight>[],
  arithmetic: BlockArithmetic
): PassResult {
  const stored = new Map<BlockedWeight, readonly string[]>()
  const { model: rewritten, modified } = rewriteProducts(
    model,
    'a format of blocks',
    replacements,
    (rewrite, node, { layer, weight }) => {
      const names = stored.get(weight) ?? storeWeight(rewrite, layer, weight)
      stored.set(weight, names)
      const options = {
        domain: contributedDomain,
        attributes: {
          K: intAttribute(layer.inFeatures),
          N: intAttribute(layer.outFeatures),
          bits: intAttribute(weight.layout.bits),
          block_size: intAttribute(weight.layout.blockSize),
          accuracy_level: intAttribute(accuracyLevels[arithmetic])
        }
      }
      const y = layer.nodeOutput
      const factor = productFactor(node, layer)
      const inputs = [layer.input, ...names]
      rewrite.finish(node, layer, (output) => {
        if (factor === 1) rewrite.push('MatMulNBits', inputs, output, options)
        else {
          const product = rewrite.add('MatMulNBits', inputs, `${y}.blocks`, options)
          rewrite.push(
            'Mul',
            [product, rewrite.store(`${y}.alpha`, 'float32', [], Float32Array.of(factor))],
            output
          )
        }
      })
    }
  )
  if (!modified) return { model, modified }
  return { model: importContributed(rewritten), modified }
}

/** The names of values, scales and zero points. */
function storeWeight(rewrite: ProductRewrite, layer: LinearLayer, weight: BlockedWeight): readonly string[] {
  const { layout, values, scales, zeroPoints } = weight
  const { weightName, inFeatures, outFeatures } = layer
  const { bits, blockSize, blocks, valueBytes, zeroPointBytes } = layout
  if (blocks !== Math.ceil(inFeatures / blockSize)) {
    throw new WorkbenchError(
      'internal',
      `The weight of '${layer.id}' has ${blocks} blocks of ${blockSize} per channel, which do not hold ${inFeatures} features.`
    )
  }
  const name = `${weightName}.int${bits}`
  return [
    rewrite.store(name, 'uint8', [outFeatures, blocks, valueBytes / blocks], values),
    rewrite.store(`${name}_scale`, 'float32', [outFeatures, blocks], scales),
    rewrite.store(`${name}_zero_point`, 'uint8', [outFeatures, zeroPointBytes], zeroPoints)
  ]
}
