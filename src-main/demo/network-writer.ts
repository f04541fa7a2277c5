import { GraphBuilder } from '../onnx/build/graph-builder'
import { floatAttribute, intAttribute, intsAttribute } from '../onnx/ir/attribute'
import { float32Tensor, int64Tensor } from '../onnx/ir/tensor'
import { createPrng, type Prng } from '../base/prng'

/** A one-dimensional convolution that keeps the number of frames, divided by its stride and rounded up. */
export interface Convolution {
  readonly inChannels: number
  readonly outChannels: number
  /** Odd. */
  readonly kernel: number
  readonly stride?: number
  /** `inChannels` for a depthwise convolution. */
  readonly groups?: number
}

/**
 * Writes the layers of a network with fresh weights, as modules write them: nodes and weights are named by the path of their
 * module, such as `/encoder/layers.0/conv/pointwise_conv1/MatMul`, by which roles are recognised.
 *
 * Weights are drawn from U(-1/√n, 1/√n) with n values per output, biases are 0. Every weight has a generator of its own, so that one
 * more layer does not change the others.
 */
export class NetworkWriter {
  readonly builder: GraphBuilder
  readonly #seed: number
  #weights = 0

  constructor(name: string, seed: number) {
    this.builder = new GraphBuilder(name)
    this.#seed = seed
  }

  /** x [..., in] · W [in, out] + b [out] */
  linear(path: string, x: string, inFeatures: number, outFeatures: number): string {
    const weight = this.#draw(`${path}.weight`, [inFeatures, outFeatures], inFeatures)
    const bias = this.vector(`${path}.bias`, outFeatures, 0)
    return this.node(path, 'Add', [this.node(path, 'MatMul', [x, weight]), bias])
  }

  /** LayerNorm over the last axis, x [..., features]. */
  layerNorm(path: string, x: string, features: number): string {
    const scale = this.vector(`${path}.weight`, features, 1)
    const bias = this.vector(`${path}.bias`, features, 0)
    return this.builder.node('LayerNormalization', [x, scale, bias], {
      attributes: { axis: intAttribute(-1), epsilon: floatAttribute(1e-5) },
      outputs: [`${path}/LayerNormalization`]
    })
  }

  /** x [batch, inChannels, frames] -> [batch, outChannels, ceil(frames / stride)] */
  convolution(path: string, x: string, shape: Convolution): string {
    const { inChannels, outChannels, kernel, stride = 1, groups = 1 } = shape
    const perGroup = inChannels / groups
    const weight = this.#draw(`${path}.weight`, [outChannels, perGroup, kernel], perGroup * kernel)
    const bias = this.vector(`${path}.bias`, outChannels, 0)
    const margin = (kernel - 1) / 2
    return this.builder.node('Conv', [x, weight, bias], {
      attributes: {
        kernel_shape: intsAttribute([kernel]),
        strides: intsAttribute([stride]),
        pads: intsAttribute([margin, margin]),
        group: intAttribute(groups)
      },
      outputs: [`${path}/Conv`]
    })
  }

  /** A node named by its module; the operator's name makes it unique in there. */
  node(path: string, opType: string, inputs: readonly string[]): string {
    return this.builder.node(opType, inputs, { outputs: [`${path}/${opType}`] })
  }

  transpose(path: string, x: string, perm: readonly number[]): string {
    return this.builder.node('Transpose', [x], {
      attributes: { perm: intsAttribute(perm) },
      outputs: [`${path}/Transpose`]
    })
  }

  /** `dims` as ONNX's Reshape reads them: 0 keeps a dimension, -1 is what remains. */
  reshape(path: string, x: string, dims: readonly number[]): string {
    return this.node(path, 'Reshape', [x, this.integers(`${path}.shape`, dims)])
  }

  number(name: string, value: number): string {
    return this.builder.initializer(float32Tensor(name, [], Float32Array.of(value)))
  }

  integers(name: string, values: readonly number[]): string {
    return this.builder.initializer(int64Tensor(name, [values.length], values))
  }

  vector(name: string, length: number, value: number): string {
    return this.builder.initializer(float32Tensor(name, [length], new Float32Array(length).fill(value)))
  }

  #draw(name: string, dims: readonly number[], valuesPerOutput: number): string {
    const bound = 1 / Math.sqrt(valuesPerOutput)
    const prng: Prng = createPrng(this.#seed * 4096 + this.#weights++)
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1))
    for (let index = 0; index < values.length; index++) values[index] = bound * (2 * prng.uniform() - 1)
    return this.builder.initializer(float32Tensor(name, dims, values))
  }
}
