/**
 * Models of any size with the shape of a transformer encoder, written without ever being in memory: the graph by the
 * product's own encoder, the weights as external data, matrix by matrix.
 *
 * Every weight is W[i, j] = Σ over k of e^(−k/4) · a_k[i] · b_k[j] ÷ √in plus noise, from one table of seeded normal
 * numbers that each weight reads from another place: low rank plus noise, as trained weights are, and made in seconds.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createPrng } from '../../src-main/base/prng'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { floatAttribute, intsAttribute } from '../../src-main/onnx/ir/attribute'
import { elementCount, float32Tensor, type Tensor } from '../../src-main/onnx/ir/tensor'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'

export interface BigModelShape {
  readonly blocks: number
  /** Features between blocks; four times as many within the feed-forward part. */
  readonly width: number
}

/** Weights of the linear layers, in all and of one block: q, k, v, out and the two of the feed-forward part. */
export function bigModelParameters({ blocks, width }: BigModelShape): number {
  return blocks * 12 * width ** 2
}

/** Name of the file that a big model's weights are in. */
export const dataFile = 'weights.bin'
/** Strong directions of a weight. */
const directions = 12
const noise = 0.1

/**
 * Writes `model.onnx` and its external data into `folder` and returns the folder. Input x and output `logits`
 * are [batch, frames, width]; no family recognises it, and ONNX Runtime runs it.
 */
export function writeBigModel(folder: string, shape: BigModelShape): string {
  const weights = new WeightFile(4 * shape.width)
  const { width } = shape
  const b = new GraphBuilder('big')
  const linear = (x: string, name: string, inFeatures: number, outFeatures: number) =>
    b.node('MatMul', [x, b.initializer(weights.place(`${name}.weight`, inFeatures, outFeatures))], { name })
  const norm = (x: string, name: string) => {
    const scale = b.initializer(float32Tensor(`${name}.scale`, [width], new Float32Array(width).fill(1)))
    return b.node('LayerNormalization', [x, scale], { attributes: { epsilon: floatAttribute(1e-5) } })
  }
  let x = b.input('x', 'float32', ['batch', 'frames', width])
  for (let block = 0; block < shape.blocks; block++) {
    const name = `layers.${block}`
    const normed = norm(x, `${name}.norm1`)
    const [q, k, v] = ['q', 'k', 'v'].map((part) => linear(normed, `${name}.attn.${part}_proj`, width, width))
    const scores = b.node('MatMul', [q!, b.node('Transpose', [k!], { attributes: lastAxesSwapped })])
    const mixed = b.node('MatMul', [b.node('Softmax', [scores]), v!])
    x = b.node('Add', [x, linear(mixed, `${name}.attn.out_proj`, width, width)])
    const hidden = b.node('Relu', [linear(norm(x, `${name}.norm2`), `${name}.fc1`, width, 4 * width)])
    x = b.node('Add', [x, linear(hidden, `${name}.fc2`, 4 * width, width)])
  }
  b.output(b.node('Identity', [x], { outputs: ['logits'] }), 'float32', ['batch', 'frames', width])
  mkdirSync(folder, { recursive: true })
  weights.write(join(folder, dataFile))
  writeFileSync(join(folder, 'model.onnx'), encodeModel(b.build()))
  return folder
}

const lastAxesSwapped = { perm: intsAttribute([0, 2, 1]) }

/** Places weights one behind the other, then writes them. `longest`: the most rows or columns of one. */
export class WeightFile {
  readonly #table: Float32Array
  readonly #placed: { readonly dims: readonly [number, number]; readonly seed: number }[] = []
  #sizeBytes = 0

  constructor(longest: number) {
    const prng = createPrng(1)
    this.#table = Float32Array.from({ length: 16 * longest + 65_537 }, () => prng.normal())
  }

  place(name: string, inFeatures: number, outFeatures: number): Tensor {
    const dims = [inFeatures, outFeatures] as const
    const lengthBytes = 4 * elementCount(dims)
    const data = { kind: 'external', location: dataFile, offsetBytes: this.#sizeBytes, lengthBytes } as const
    this.#placed.push({ dims, seed: this.#placed.length })
    this.#sizeBytes += lengthBytes
    return { name, dataType: 'float32', dims, data }
  }

  write(path: string): void {
    const file = openSync(path, 'w')
    for (const { dims, seed } of this.#placed) writeSync(file, this.#values(dims, seed))
    closeSync(file)
  }

  #values([rows, columns]: readonly [number, number], seed: number): Float32Array {
    const table = this.#table
    const prng = createPrng(seed)
    const place = () => prng.integer(table.length - Math.max(rows, columns))
    const values = new Float32Array(rows * columns)
    const pairs = Array.from({ length: directions }, () => [place(), place()] as const)
    const scale = 1 / Math.sqrt(rows)
    const row = new Float32Array(columns)
    for (let i = 0; i < rows; i++) {
      const from = place()
      for (let j = 0; j < columns; j++) row[j] = noise * table[from + j]!
      for (const [k, [left, right]] of pairs.entries()) {
        const strength = Math.exp(-k / 4) * table[left + i]!
        for (let j = 0; j < columns; j++) row[j]! += strength * table[right + j]!
      }
      for (let j = 0; j < columns; j++) values[i * columns + j] = scale * row[j]!
    }
    return values
  }
}
