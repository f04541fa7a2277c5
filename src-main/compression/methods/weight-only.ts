/**
 * Weight-only formats: weights in blocks of 4 or 8 bits along the input features, inputs and outputs in float32.
 *
 *   W[i, j] ≈ s · (q − z),   s = (max − min) ÷ (2^bits − 1),   z = round(−min ÷ s),   q = round(W[i, j] ÷ s) + z
 *
 * with min ≤ 0 ≤ max over a block of one output channel, so that 0 is stored exactly. Asymmetric, because the range of
 * a small block seldom is symmetric: on `whisper-tiny-ctc` the weight error is a fifth lower than with a fixed z, for
 * 2.5 % more bytes in 4 bits (docs/methods.md). Limits: MatMul and Gemm only; nothing is fitted to data.
 */
import type { Model } from '../../onnx/ir/model'
import type { WeightMatrix } from '../../onnx/linear-layer/read-weight'
import {
  blockLayout,
  quantizeMatMulNBits,
  type BlockArithmetic,
  type BlockedWeight,
  type BlockLayout
} from '../../onnx/passes/quantize-matmul-nbits'
import { quantizeWeights } from './quantizable-weights'

/** Raised when the same model and settings would give another result. */
export const weightOnlyVersion = 1

type Bits = BlockLayout['bits']

/**
 * The block sizes that may be used. In 4 bits longer blocks lose accuracy quickly; in 8 bits there is accuracy to spare
 * and long blocks are faster.
 */
const blockSizes: Readonly<Record<Bits, readonly number[]>> = { 4: [16, 32], 8: [16, 32, 64, 128] }

/**
 * What the kernel multiplies in, by measurement (docs/methods.md): with 4-bit weights the integer kernel is slower than
 * float32 on the hundreds of rows that speech encoders have; with 8-bit weights the float32 kernel is the slow one, and
 * eight bits for inputs, in blocks, add no more error than the weights have.
 */
const arithmetic: Readonly<Record<Bits, BlockArithmetic>> = { 4: 'float32', 8: 'int8' }

/**
 * The model with every MatMul and Gemm layer of its main graph in blocks of `bits`. Layers in subgraphs and layers that
 * multiply in another type than float32 stay as they are.
 *
 * - `keepFloat`  outputs of nodes that stay in float32 too (`frontEndOutputs` of the original model).
 *
 * @throws WorkbenchError `numerical` for a weight that is not finite.
 */
export function applyWeightOnly(model: Model, bits: Bits, keepFloat: ReadonlySet<string> = new Set()): Model {
  const replacements = quantizeWeights<Uint8Array, BlockedWeight>(model, keepFloat, (weight) =>
    quantizeBlocks(weight, bits)
  )
  return quantizeMatMulNBits(model, replacements, arithmetic[bits]).model
}

/**
 * The layout of a weight with `inFeatures` rows: of the block sizes that may be used the one that stores it in the
 * fewest bytes, the smallest of equal ones. A factor of rank 37 would waste most of a block of 128.
 */
export function weightOnlyLayout(inFeatures: number, bits: Bits): BlockLayout {
  const layouts = blockSizes[bits].map((blockSize) => blockLayout(inFeatures, bits, blockSize))
  return layouts.reduce((best, each) => (channelBytes(each) < channelBytes(best) ? each : best))
}

/** Bytes of a stored [in, out] matrix: values with padding, a float32 scale per block, and packed zero points. */
export function weightOnlyBytes(inFeatures: number, outFeatures: number, bits: Bits): number {
  return outFeatures * channelBytes(weightOnlyLayout(inFeatures, bits))
}

function channelBytes({ valueBytes, blocks, zeroPointBytes }: BlockLayout): number {
  return valueBytes + 4 * blocks + zeroPointBytes
}

/**
 * A finite weight [in, out] in blocks. The error of a value is at most half its block's scale, and a few 2^-24 of the
 * value for the rounding of the scale to float32. A block of zeros gets scale 1; padding is stored as 0.
 */
export function quantizeBlocks(
  weight: WeightMatrix,
  bits: Bits
): BlockedWeight & { readonly values: Uint8Array } {
  const layout = weightOnlyLayout(weight.in, bits)
  const { blocks, blockSize, valueBytes, zeroPointBytes } = layout
  const values = new Uint8Array(weight.out * valueBytes)
  const scales = new Float32Array(weight.out * blocks)
  const zeroPoints = new Uint8Array(weight.out * zeroPointBytes)
  const largest = 2 ** bits - 1
  const block = new Float64Array(blockSize)
  for (let j = 0; j < weight.out; j++) {
    for (let b = 0; b < blocks; b++) {
      readBlock(weight, b * blockSize, j, block)
      const [scale, zeroPoint] = affineScale(block, largest)
      scales[j * blocks + b] = scale
      store(zeroPoints, bits, j * zeroPointBytes, b, zeroPoint)
      for (let k = 0; k < blockSize; k++) {
        const value = Math.max(0, Math.min(largest, Math.round(block[k]! / scale) + zeroPoint))
        store(values, bits, j * valueBytes, b * blockSize + k, value)
      }
    }
  }
  return { layout, values, scales, zeroPoints }
}

/** Copies rows `from`... of column `j`, and zeros beyond the last row. */
function readBlock(
  { data, in: rows, out }: WeightMatrix,
  from: number,
  j: number,
  block: Float64Array
): void {
  for (let k = 0; k < block.length; k++) block[k] = from + k < rows ? data[(from + k) * out + j]! : 0
}

/** Scale (a float32 value) and zero point of a block. */
function affineScale(block: Float64Array, largest: number): readonly [number, number] {
  let lowest = 0
  let highest = 0
  for (const value of block) {
    lowest = Math.min(lowest, value)
    highest = Math.max(highest, value)
  }
  const scale = Math.fround((highest - lowest) / largest)
  // A range too small for a float32 scale is stored as zeros.
  return scale === 0 ? [1, 0] : [scale, Math.min(largest, Math.round(-lowest / scale))]
}

/** Writes entry `index` of a row that begins at byte `start`; rows are of few bits, the lower half of a byte first. */
function store(bytes: Uint8Array, bits: Bits, start: number, index: number, value: number): void {
  if (bits === 8) bytes[start + index] = value
  else bytes[start + (index >> 1)]! |= value << (4 * (index & 1))
}
