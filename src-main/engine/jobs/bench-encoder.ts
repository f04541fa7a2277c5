/**
 * Speech encoders whose training step is timed: pre-norm transformer or Conformer blocks of the smallest published size (Gulati
 * et al., Conformer (2020), table 1: width 144, 4 heads). Weights are seeded noise; a step takes as long as with any others.
 */
import { createPrng, type Prng } from '../../base/prng'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute, intsAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { elementCount, float32Tensor, int64Tensor } from '../../onnx/ir/tensor'

export interface BenchEncoderSizes {
  readonly kind: 'transformer' | 'conformer'
  readonly blocks: number
  readonly width: number
  readonly heads: number
  readonly innerWidth: number
  readonly features: number
  readonly classes: number
}

/** 2.0 M parameters. */
export const benchTransformer: BenchEncoderSizes = {
  kind: 'transformer',
  blocks: 8,
  width: 144,
  heads: 4,
  innerWidth: 576,
  features: 80,
  classes: 32
}

/** 2.0 M parameters. */
export const benchConformer: BenchEncoderSizes = { ...benchTransformer, kind: 'conformer', blocks: 4 }

/** Frames that the depthwise convolution of a Conformer block sees. */
const kernelSize = 15

/** `features` [batch, frames, features] to `logits` [batch, frames, classes]; batch and frames are free. */
export function buildBenchEncoder(sizes: BenchEncoderSizes): Model {
  const encoder = new EncoderBuilder(sizes)
  return encoder.build()
}

class EncoderBuilder {
  readonly #b: GraphBuilder
  readonly #sizes: BenchEncoderSizes
  readonly #prng: Prng

  constructor(sizes: BenchEncoderSizes) {
    this.#b = new GraphBuilder(sizes.kind)
    this.#sizes = sizes
    this.#prng = createPrng(1)
  }

  build(): Model {
    const { blocks, width, heads, features, classes, kind } = this.#sizes
    const b = this.#b
    const input = b.input('features', 'float32', ['batch', 'frames', features])
    b.initializer(int64Tensor('split', [4], [0, 0, heads, width / heads]))
    b.initializer(int64Tensor('joined', [3], [0, 0, width]))
    b.initializer(float32Tensor('scale', [], Float32Array.of(Math.sqrt(heads / width))))
    b.initializer(float32Tensor('half', [], Float32Array.of(0.5)))
    let x = this.#linear(input, 'in', features, width)
    for (let block = 0; block < blocks; block++) {
      const name = `blocks.${block}`
      x = kind === 'transformer' ? this.#transformerBlock(x, name) : this.#conformerBlock(x, name)
    }
    b.node('Identity', [this.#linear(this.#norm(x, 'norm'), 'head', width, classes)], { outputs: ['logits'] })
    b.output('logits', 'float32', ['batch', 'frames', classes])
    return b.build()
  }

  #transformerBlock(x: string, name: string): string {
    const attended = this.#add(x, this.#attention(this.#norm(x, `${name}.norm1`), `${name}.attention`))
    const inner = this.#feedForward(this.#norm(attended, `${name}.norm2`), `${name}.feedForward`, (hidden) =>
      this.#b.node('Gelu', [hidden])
    )
    return this.#add(attended, inner)
  }

  /** Half a feed-forward step, attention, convolution, the other half, norm. */
  #conformerBlock(x: string, name: string): string {
    const half = (value: string, which: string) => {
      const inner = this.#feedForward(this.#norm(value, `${which}.norm`), which, (hidden) =>
        this.#swish(hidden)
      )
      return this.#add(value, this.#b.node('Mul', [inner, 'half']))
    }
    const first = half(x, `${name}.feedForward1`)
    const attended = this.#add(
      first,
      this.#attention(this.#norm(first, `${name}.attention.norm`), `${name}.attention`)
    )
    const convolved = this.#add(attended, this.#convolution(attended, `${name}.convolution`))
    return this.#norm(half(convolved, `${name}.feedForward2`), `${name}.norm`)
  }

  /** Gated linear unit, depthwise convolution over time, norm, swish. */
  #convolution(x: string, name: string): string {
    const { width } = this.#sizes
    const b = this.#b
    const doubled = this.#linear(this.#norm(x, `${name}.norm`), `${name}.gate`, width, 2 * width)
    const [value, gate] = b.nodes('Split', [doubled], {
      attributes: { axis: intAttribute(2), num_outputs: intAttribute(2) },
      outputs: [`${name}.value`, `${name}.gateValue`]
    }) as [string, string]
    const gated = b.node('Mul', [value, b.node('Sigmoid', [gate])])
    const weight = this.#weight(`${name}.depthwise`, [width, 1, kernelSize], kernelSize)
    const swapped = { attributes: { perm: intsAttribute([0, 2, 1]) } }
    const slid = b.node(
      'Conv',
      [b.node('Transpose', [gated], swapped), weight, this.#bias(`${name}.depthwise`, width)],
      {
        attributes: {
          group: intAttribute(width),
          pads: intsAttribute([(kernelSize - 1) / 2, (kernelSize - 1) / 2])
        }
      }
    )
    const activated = this.#swish(this.#norm(b.node('Transpose', [slid], swapped), `${name}.inner`))
    return this.#linear(activated, `${name}.out`, width, width)
  }

  /** softmax(Q·Kᵀ / √d)·V per head. */
  #attention(x: string, name: string): string {
    const { width } = this.#sizes
    const b = this.#b
    const transposed = (value: string, perm: readonly number[]) =>
      b.node('Transpose', [value], { attributes: { perm: intsAttribute(perm) } })
    const byHead = (role: string, perm: readonly number[]) =>
      transposed(b.node('Reshape', [this.#linear(x, `${name}.${role}`, width, width), 'split']), perm)
    const product = b.node('MatMul', [byHead('query', [0, 2, 1, 3]), byHead('key', [0, 2, 3, 1])])
    const shares = b.node('Softmax', [b.node('Mul', [product, 'scale'])])
    const mixed = transposed(b.node('MatMul', [shares, byHead('value', [0, 2, 1, 3])]), [0, 2, 1, 3])
    return this.#linear(b.node('Reshape', [mixed, 'joined']), `${name}.out`, width, width)
  }

  #feedForward(x: string, name: string, activate: (hidden: string) => string): string {
    const { width, innerWidth } = this.#sizes
    return this.#linear(
      activate(this.#linear(x, `${name}.up`, width, innerWidth)),
      `${name}.down`,
      innerWidth,
      width
    )
  }

  #swish(x: string): string {
    return this.#b.node('Mul', [x, this.#b.node('Sigmoid', [x])])
  }

  #add(x: string, y: string): string {
    return this.#b.node('Add', [x, y])
  }

  #norm(x: string, name: string): string {
    const { width } = this.#sizes
    const scale = this.#b.initializer(
      float32Tensor(`${name}.scale`, [width], new Float32Array(width).fill(1))
    )
    return this.#b.node('LayerNormalization', [x, scale, this.#bias(name, width)])
  }

  #linear(x: string, name: string, from: number, to: number): string {
    const product = this.#b.node('MatMul', [x, this.#weight(name, [from, to], from)])
    return this.#add(product, this.#bias(name, to))
  }

  #weight(name: string, dims: readonly number[], fanIn: number): string {
    const values = Float32Array.from(
      { length: elementCount(dims) },
      () => this.#prng.normal() / Math.sqrt(fanIn)
    )
    return this.#b.initializer(float32Tensor(`${name}.weight`, dims, values))
  }

  #bias(name: string, size: number): string {
    return this.#b.initializer(float32Tensor(`${name}.bias`, [size], new Float32Array(size)))
  }
}
