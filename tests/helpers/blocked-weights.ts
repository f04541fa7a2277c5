/** Reads weights in blocks back from a model, by the words of ONNX Runtime's documentation of MatMulNBits. */
import { readInt } from '../../src-main/onnx/ir/attribute'
import type { Model, Node } from '../../src-main/onnx/ir/model'
import { float32Values, tensorBytes } from '../../src-main/onnx/ir/tensor'

export interface ReadBack {
  /** [in, out], row-major. */
  readonly weight: Float64Array
  /** Scale of each weight's block, in the same places. */
  readonly scales: Float64Array
}

export function blockedNodes(model: Model): readonly Node[] {
  return model.graph.nodes.filter(({ opType }) => opType === 'MatMulNBits')
}

/** The matrix by which a MatMulNBits node multiplies, in float64. */
export function dequantized(model: Model, node: Node): ReadBack {
  const tensor = (index: number) => model.graph.initializers.get(node.inputs[index] ?? '')!
  const [bits, blockSize] = [readInt(node, 'bits', 4), readInt(node, 'block_size', 0)]
  const [rows, columns] = [readInt(node, 'K', 0), readInt(node, 'N', 0)]
  const blocks = Math.ceil(rows / blockSize)
  const scale = float32Values(tensor(2))
  const perByte = 8 / bits
  // Entry `index` of row `row`, where every row begins at a new byte; low bits first.
  const entry = (bytes: Uint8Array, row: number, entriesPerRow: number, index: number) => {
    const byte = bytes[row * Math.ceil(entriesPerRow / perByte) + Math.floor(index / perByte)]!
    return Math.floor(byte / 2 ** (bits * (index % perByte))) % 2 ** bits
  }
  const weight = new Float64Array(rows * columns)
  const scales = new Float64Array(rows * columns)
  for (let k = 0; k < rows; k++) {
    for (let n = 0; n < columns; n++) {
      const block = Math.floor(k / blockSize)
      const value = entry(tensorBytes(tensor(1)), n, blocks * blockSize, k)
      const zeroPoint = entry(tensorBytes(tensor(3)), n, blocks, block)
      scales[k * columns + n] = scale[n * blocks + block]!
      weight[k * columns + n] = (value - zeroPoint) * scales[k * columns + n]!
    }
  }
  return { weight, scales }
}
