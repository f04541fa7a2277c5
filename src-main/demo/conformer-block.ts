/**
 * A Conformer block: half a feed-forward, self-attention, convolution, half a feed-forward, norm; each with a norm before it and
 * a residual around it.
 *
 * Source: Gulati et al., Conformer, Interspeech 2020, section 2. Differences: rotary positions instead of relative ones, and a
 * LayerNorm instead of a BatchNorm in the convolution module, whose running statistics a small batch would leave noisy.
 */
import { intAttribute } from '../onnx/ir/attribute'
import { float32Tensor } from '../onnx/ir/tensor'
import type { NetworkWriter } from './network-writer'

export interface BlockSettings {
  readonly modelSize: number
  readonly heads: number
  readonly hiddenSize: number
  /** Frames that the depthwise convolution sees; odd. */
  readonly kernel: number
}

/** What all blocks share of one batch. */
export interface BlockContext {
  /** float32 [batch, frames, 1]: 1 for frames of the recording, 0 for padding. */
  readonly frameMask: string
  /** float32 [batch, 1, 1, frames]: 0 for frames of the recording, far below 0 for padding. */
  readonly keyBias: string
  /** float32 [frames, modelSize / heads / 2] */
  readonly cosines: string
  readonly sines: string
}

/** x [batch, frames, modelSize] -> the same shape. */
export function conformerBlock(
  network: NetworkWriter,
  path: string,
  x: string,
  options: { readonly settings: BlockSettings; readonly context: BlockContext }
): string {
  const { settings, context } = options
  const { modelSize } = settings
  const residual = (part: string, before: string, change: string): string =>
    network.node(`${path}/${part}/residual`, 'Add', [before, change])
  const norm = (part: string, input: string): string =>
    network.layerNorm(`${path}/norm_${part}`, input, modelSize)

  const first = feedForward(network, `${path}/feed_forward1`, norm('feed_forward1', x), settings)
  const y1 = residual('feed_forward1', x, first)
  const attended = selfAttention(network, `${path}/self_attn`, norm('self_attn', y1), { settings, context })
  const y2 = residual('self_attn', y1, attended)
  const convolved = convolutionModule(network, `${path}/conv`, norm('conv', y2), { settings, context })
  const y3 = residual('conv', y2, convolved)
  const second = feedForward(network, `${path}/feed_forward2`, norm('feed_forward2', y3), settings)
  return norm('out', residual('feed_forward2', y3, second))
}

/** ½ · W₂ · swish(W₁ · x) */
function feedForward(
  network: NetworkWriter,
  path: string,
  x: string,
  { modelSize, hiddenSize }: BlockSettings
): string {
  const hidden = swish(network, path, network.linear(`${path}/linear1`, x, modelSize, hiddenSize))
  const full = network.linear(`${path}/linear2`, hidden, hiddenSize, modelSize)
  return network.node(`${path}/half`, 'Mul', [full, network.number(`${path}.half`, 0.5)])
}

/** softmax(R·Q · (R·K)ᵀ / √d) · V per head, R the rotation by position. */
function selfAttention(
  network: NetworkWriter,
  path: string,
  x: string,
  { settings, context }: { readonly settings: BlockSettings; readonly context: BlockContext }
): string {
  const { modelSize, heads } = settings
  const headSize = modelSize / heads
  /** [batch, frames, modelSize] -> [batch, heads, frames, headSize] */
  const byHead = (part: string): string => {
    const projected = network.linear(`${path}/linear_${part}`, x, modelSize, modelSize)
    const split = network.reshape(`${path}/split_${part}`, projected, [0, 0, heads, headSize])
    return network.transpose(`${path}/heads_${part}`, split, [0, 2, 1, 3])
  }
  const query = rotate(network, `${path}/rotary_q`, byHead('q'), context)
  const key = rotate(network, `${path}/rotary_k`, byHead('k'), context)
  const product = network.node(`${path}/scores`, 'MatMul', [
    query,
    network.transpose(`${path}/keys`, key, [0, 1, 3, 2])
  ])
  const scaled = network.node(`${path}/scores`, 'Mul', [
    product,
    network.number(`${path}.scale`, 1 / Math.sqrt(headSize))
  ])
  const masked = network.node(`${path}/scores`, 'Add', [scaled, context.keyBias])
  const weights = network.builder.node('Softmax', [masked], {
    attributes: { axis: intAttribute(-1) },
    outputs: [`${path}/Softmax`]
  })
  const mixed = network.node(`${path}/context`, 'MatMul', [weights, byHead('v')])
  const merged = network.reshape(`${path}/merge`, network.transpose(`${path}/merge`, mixed, [0, 2, 1, 3]), [
    0,
    0,
    modelSize
  ])
  return network.linear(`${path}/linear_out`, merged, modelSize, modelSize)
}

/**
 * Rotates pairs (x₁, x₂) of halves by an angle that grows with the frame: (x₁ cos - x₂ sin, x₂ cos + x₁ sin).
 *
 * Source: Su et al., RoFormer, 2021, in the form of halves.
 */
function rotate(network: NetworkWriter, path: string, x: string, { cosines, sines }: BlockContext): string {
  const [first, second] = network.builder.nodes('Split', [x], {
    attributes: { axis: intAttribute(-1), num_outputs: intAttribute(2) },
    outputs: [`${path}/first`, `${path}/second`]
  }) as readonly [string, string]
  const product = (half: string, by: string, name: string): string =>
    network.node(`${path}/${name}`, 'Mul', [half, by])
  const turnedFirst = network.node(`${path}/first`, 'Sub', [
    product(first, cosines, 'first_cosine'),
    product(second, sines, 'second_sine')
  ])
  const turnedSecond = network.node(`${path}/second`, 'Add', [
    product(second, cosines, 'second_cosine'),
    product(first, sines, 'first_sine')
  ])
  return network.builder.node('Concat', [turnedFirst, turnedSecond], {
    attributes: { axis: intAttribute(-1) },
    outputs: [`${path}/Concat`]
  })
}

/** W₂ · swish(norm(depthwise(GLU(W₁ · x)))); padding is set to zero before the convolution looks around. */
function convolutionModule(
  network: NetworkWriter,
  path: string,
  x: string,
  { settings, context }: { readonly settings: BlockSettings; readonly context: BlockContext }
): string {
  const { modelSize, kernel } = settings
  const both = network.linear(`${path}/pointwise_conv1`, x, modelSize, 2 * modelSize)
  const [value, gate] = network.builder.nodes('Split', [both], {
    attributes: { axis: intAttribute(-1), num_outputs: intAttribute(2) },
    outputs: [`${path}/value`, `${path}/gate`]
  }) as readonly [string, string]
  const open = network.node(`${path}/gate`, 'Sigmoid', [gate])
  const gated = network.node(`${path}/gate`, 'Mul', [value, open])
  const masked = network.node(`${path}/mask`, 'Mul', [gated, context.frameMask])
  const channelsFirst = network.transpose(`${path}/channels`, masked, [0, 2, 1])
  const convolved = network.convolution(`${path}/depthwise_conv`, channelsFirst, {
    inChannels: modelSize,
    outChannels: modelSize,
    kernel,
    groups: modelSize
  })
  const framesFirst = network.transpose(`${path}/frames`, convolved, [0, 2, 1])
  const normed = network.layerNorm(`${path}/norm`, framesFirst, modelSize)
  return network.linear(`${path}/pointwise_conv2`, swish(network, path, normed), modelSize, modelSize)
}

/** x · σ(x) */
function swish(network: NetworkWriter, path: string, x: string): string {
  return network.node(`${path}/swish`, 'Mul', [x, network.node(`${path}/swish`, 'Sigmoid', [x])])
}

/** The angles' cosines and sines [frames, headSize / 2] of frames 0, 1, ...; wavelengths from 2π to 20,000π frames. */
export function rotaryTables(
  network: NetworkWriter,
  frames: string,
  headSize: number
): Pick<BlockContext, 'cosines' | 'sines'> {
  const pairs = headSize / 2
  const rates = Float32Array.from({ length: pairs }, (_, pair) => 10_000 ** (-pair / pairs))
  const path = '/encoder/rotary'
  const column = network.node(path, 'Unsqueeze', [frames, network.integers('rotary.column', [1])])
  const positions = network.builder.node('Cast', [column], {
    attributes: { to: intAttribute(1) },
    outputs: [`${path}/positions`]
  })
  const angles = network.node(path, 'Mul', [
    positions,
    network.builder.initializer(float32Tensor('rotary.rates', [1, pairs], rates))
  ])
  return { cosines: network.node(path, 'Cos', [angles]), sines: network.node(path, 'Sin', [angles]) }
}
