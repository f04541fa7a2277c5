/**
 * A complete CTC speech model in the Hugging Face layout, small enough that a whole study on it takes seconds.
 *
 * The weights are seeded noise, so its texts mean nothing; sizes, layers, files and determinism are those of a real
 * model. Two pre-norm transformer blocks with a bias on every linear layer, behind one strided convolution.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPrng } from '../../src-main/base/prng'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { floatAttribute, intAttribute, intsAttribute } from '../../src-main/onnx/ir/attribute'
import type { Model } from '../../src-main/onnx/ir/model'
import {
  elementCount,
  float32Tensor,
  float32Values,
  int64Tensor,
  type Tensor
} from '../../src-main/onnx/ir/tensor'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'

/** What the model hears: log-mel features as Whisper's, or the waveform as wav2vec 2.0's. */
export type TinyFrontEnd = 'whisper-log-mel' | 'raw-waveform'

export const tinySampleRateHz = 16000

/** The sizes that tests may count with. */
export const tinySizes = { width: 32, innerWidth: 64, heads: 2, blocks: 2, melBins: 80 } as const

/** Blank first, then the space, then letters: few, so that some of the words heard are right by chance. */
const tokens = ['<pad>', '|', ...'abcd']

/** Added to the logits of the space: about every other frame becomes one, and words are short. */
const spaceBias = 4

export const tinyClasses = tokens.length

/** The linear layers in graph order, as `lathe inspect` should tell them. */
export const tinyLayers = [
  ...Array.from({ length: tinySizes.blocks }, (_, block) => [
    ...['q', 'k', 'v', 'out'].map((role) => tinyLayer(block, role, [tinySizes.width, tinySizes.width])),
    tinyLayer(block, 'fc1', [tinySizes.width, tinySizes.innerWidth]),
    tinyLayer(block, 'fc2', [tinySizes.innerWidth, tinySizes.width])
  ]).flat(),
  { id: 'head', blockIndex: null, role: 'head', inFeatures: tinySizes.width, outFeatures: tinyClasses }
]

function tinyLayer(block: number, role: string, [inFeatures, outFeatures]: readonly [number, number]) {
  return { id: `/blocks.${block}/${role}/MatMul`, blockIndex: block, role, inFeatures, outFeatures }
}

/** Writes the model with its sidecar files into `folder`, which is made, and returns `folder`. */
export function writeTinyModel(folder: string, frontEnd: TinyFrontEnd = 'whisper-log-mel'): string {
  mkdirSync(folder, { recursive: true })
  const json = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(value, null, 2))
  writeFileSync(join(folder, 'model.onnx'), encodeModel(tinyModel(frontEnd)))
  json('config.json', configs[frontEnd])
  json('preprocessor_config.json', preprocessors[frontEnd])
  json('vocab.json', Object.fromEntries(tokens.map((token, id) => [token, id])))
  writeFileSync(join(folder, 'LICENSE'), 'Seeded noise; do with it what you like.\n')
  return folder
}

const configs = {
  'whisper-log-mel': {
    architectures: ['TinyEncoderForCTC'],
    vocab_size: tinyClasses,
    ctc_blank_id: 0,
    inputs_to_logits_ratio: 320
  },
  'raw-waveform': {
    architectures: ['Wav2Vec2ForCTC'],
    vocab_size: tinyClasses,
    pad_token_id: 0,
    conv_kernel: [400],
    conv_stride: [320]
  }
}

const preprocessors = {
  'whisper-log-mel': {
    feature_extractor_type: 'WhisperFeatureExtractor',
    sampling_rate: tinySampleRateHz,
    feature_size: tinySizes.melBins,
    n_fft: 400,
    hop_length: 160,
    pad_to_multiple_of_samples: 320
  },
  'raw-waveform': {
    feature_extractor_type: 'Wav2Vec2FeatureExtractor',
    sampling_rate: tinySampleRateHz,
    do_normalize: true
  }
}

/** The graph alone; the same weights every time. */
export function tinyModel(frontEnd: TinyFrontEnd): Model {
  const layers = new TinyLayers(new GraphBuilder('tiny-speech'))
  const { builder } = layers
  let x = frontEnd === 'whisper-log-mel' ? addMelStem(layers) : addWaveformStem(layers)
  for (let block = 0; block < tinySizes.blocks; block++) x = addBlock(layers, x, `/blocks.${block}`)
  const normalized = layers.normalized('/final_norm', x)
  layers.linear('head', normalized, {
    sizes: [tinySizes.width, tinyClasses],
    gain: 4,
    bias: float32Tensor(
      'head.bias',
      [tinyClasses],
      Float32Array.from(tokens, (token) => (token === '|' ? spaceBias : 0))
    ),
    output: 'logits'
  })
  builder.output('logits', 'float32', ['batch', 'steps', tinyClasses])
  return builder.build()
}

/** [batch, melBins, frames] to [batch, steps, width], two frames a step. */
function addMelStem(layers: TinyLayers): string {
  const input = layers.builder.input('input_features', 'float32', ['batch', tinySizes.melBins, 'frames'])
  return layers.convolution(input, { channels: tinySizes.melBins, kernel: 3, stride: 2, pads: [1, 0] })
}

/** [batch, samples] to [batch, steps, width], 320 samples a step. */
function addWaveformStem(layers: TinyLayers): string {
  const { builder } = layers
  const input = builder.input('input_values', 'float32', ['batch', 'samples'])
  const channel = builder.node('Unsqueeze', [
    input,
    builder.initializer(int64Tensor('channel_axis', [1], [1]))
  ])
  return layers.convolution(channel, { channels: 1, kernel: 400, stride: 320, pads: [0, 0] })
}

function addBlock(layers: TinyLayers, x: string, name: string): string {
  const { builder } = layers
  const { width, innerWidth } = tinySizes
  const attended = addAttention(layers, layers.normalized(`${name}/norm1`, x), name)
  const middle = builder.node('Add', [x, attended])
  const inner = layers.linear(`${name}/fc1/MatMul`, layers.normalized(`${name}/norm2`, middle), {
    sizes: [width, innerWidth]
  })
  const activated = builder.node('Gelu', [inner])
  return builder.node('Add', [
    middle,
    layers.linear(`${name}/fc2/MatMul`, activated, { sizes: [innerWidth, width] })
  ])
}

function addAttention(layers: TinyLayers, x: string, name: string): string {
  const { builder } = layers
  const { width, heads } = tinySizes
  const project = (role: string, input: string) =>
    layers.linear(`${name}/${role}/MatMul`, input, { sizes: [width, width] })
  const split = (role: string, perm: readonly number[]) => {
    const parts = builder.node('Reshape', [project(role, x), layers.headShape])
    return builder.node('Transpose', [parts], { attributes: { perm: intsAttribute(perm) } })
  }
  const q = split('q', [0, 2, 1, 3])
  const k = split('k', [0, 2, 3, 1])
  const v = split('v', [0, 2, 1, 3])
  const scale = builder.initializer(
    float32Tensor(`${name}/scale`, [], Float32Array.of(1 / Math.sqrt(width / heads)))
  )
  const scores = builder.node('Mul', [builder.node('MatMul', [q, k]), scale])
  const weights = builder.node('Softmax', [scores], { attributes: { axis: intAttribute(-1) } })
  const mixed = builder.node('Transpose', [builder.node('MatMul', [weights, v])], {
    attributes: { perm: intsAttribute([0, 2, 1, 3]) }
  })
  return project('out', builder.node('Reshape', [mixed, layers.joinedShape]))
}

interface LinearOptions {
  /** [in, out] */
  readonly sizes: readonly [number, number]
  readonly gain?: number
  /** Noise by default. */
  readonly bias?: Tensor
  readonly output?: string
}

interface ConvolutionOptions {
  readonly channels: number
  readonly kernel: number
  readonly stride: number
  readonly pads: readonly [number, number]
}

/** Layers with seeded weights, drawn in the order in which they are added. */
class TinyLayers {
  readonly builder: GraphBuilder
  readonly headShape: string
  readonly joinedShape: string
  readonly #prng = createPrng(7)

  constructor(builder: GraphBuilder) {
    const { width, heads } = tinySizes
    this.builder = builder
    this.headShape = builder.initializer(int64Tensor('head_shape', [4], [0, 0, heads, width / heads]))
    this.joinedShape = builder.initializer(int64Tensor('joined_shape', [3], [0, 0, width]))
  }

  /** MatMul and Add, as exporters write a linear layer. */
  linear(name: string, x: string, { sizes, gain = 1, bias, output }: LinearOptions): string {
    const [inFeatures, outFeatures] = sizes
    const weight = this.#noise(`${name}.weight`, [inFeatures, outFeatures], gain / Math.sqrt(inFeatures))
    const offset = bias ?? this.#noise(`${name}.bias`, [outFeatures], 0.1)
    const product = this.builder.node('MatMul', [x, this.builder.initializer(weight)], { name })
    return this.builder.node(
      'Add',
      [product, this.builder.initializer(offset)],
      output === undefined ? {} : { outputs: [output] }
    )
  }

  normalized(name: string, x: string): string {
    const { width } = tinySizes
    const ones = float32Tensor(`${name}.weight`, [width], new Float32Array(width).fill(1))
    const zeros = float32Tensor(`${name}.bias`, [width], new Float32Array(width))
    return this.builder.node(
      'LayerNormalization',
      [x, this.builder.initializer(ones), this.builder.initializer(zeros)],
      { attributes: { axis: intAttribute(-1), epsilon: floatAttribute(1e-5) } }
    )
  }

  /** [batch, channels, time] to [batch, steps, width]. */
  convolution(x: string, { channels, kernel, stride, pads }: ConvolutionOptions): string {
    const { width } = tinySizes
    const weight = this.#centredNoise('stem.weight', [width, channels, kernel])
    const bias = this.builder.initializer(this.#noise('stem.bias', [width], 0.1))
    const convolved = this.builder.node('Conv', [x, this.builder.initializer(weight), bias], {
      attributes: { strides: intsAttribute([stride]), pads: intsAttribute(pads) }
    })
    const activated = this.builder.node('Gelu', [convolved])
    return this.builder.node('Transpose', [activated], { attributes: { perm: intsAttribute([0, 2, 1]) } })
  }

  #noise(name: string, dims: readonly number[], deviation: number): Tensor {
    const values = new Float32Array(elementCount(dims))
    return float32Tensor(
      name,
      dims,
      values.map(() => this.#prng.normal() * deviation)
    )
  }

  /** Filters that sum to zero: they hear what changes, where the level of log-mel features would drown it. */
  #centredNoise(name: string, dims: readonly [number, number, number]): Tensor {
    const [filters, channels, kernel] = dims
    const size = channels * kernel
    const values = float32Values(this.#noise(name, dims, 4 / Math.sqrt(size)))
    for (let filter = 0; filter < filters; filter++) {
      const taps = values.subarray(filter * size, (filter + 1) * size)
      const mean = taps.reduce((sum, tap) => sum + tap, 0) / size
      taps.forEach((tap, index) => (taps[index] = tap - mean))
    }
    return float32Tensor(name, dims, values)
  }
}
