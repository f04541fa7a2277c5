/**
 * The demo's network: a small Conformer with a CTC head, in the form in which NeMo exports its own, so that every tool that knows
 * those knows this one.
 */
import { WorkbenchError } from '@contract/errors'
import { intAttribute } from '../onnx/ir/attribute'
import type { Model } from '../onnx/ir/model'
import { conformerBlock, rotaryTables, type BlockContext, type BlockSettings } from './conformer-block'
import { NetworkWriter } from './network-writer'

export interface ConformerCtcSettings extends BlockSettings {
  readonly melBins: number
  readonly blocks: number
  /** Classes, the blank among them. */
  readonly classes: number
}

/** Feature frames per frame of the network. */
export const subsampling = 4

/** About 2.5 million parameters. */
export const demoConformer: Omit<ConformerCtcSettings, 'classes'> = {
  melBins: 80,
  modelSize: 144,
  heads: 4,
  hiddenSize: 576,
  kernel: 15,
  blocks: 5
}

/**
 * A Conformer with fresh weights: `audio_signal` [batch, melBins, frames], `length` [batch] -> `logprobs`
 * [batch, ceil(frames / 4), classes].
 *
 * Padding changes nothing: a recording in a padded batch gives what it gives alone, up to rounding.
 *
 * @throws WorkbenchError `invalid-input` for sizes that do not divide.
 */
export function conformerCtc(settings: ConformerCtcSettings, seed: number): Model {
  assertSizes(settings)
  const { modelSize, heads, blocks, classes } = settings
  const network = new NetworkWriter('conformer-ctc', seed)
  const signal = network.builder.input('audio_signal', 'float32', ['batch', settings.melBins, 'frames'])
  const length = network.builder.input('length', 'int64', ['batch'])
  const { x: subsampled, counts } = subsample(network, signal, { length, settings })
  const { context, mask } = describeFrames(network, subsampled, { counts, headSize: modelSize / heads })
  let x = network.node('/encoder/pre_encode/mask', 'Mul', [subsampled, mask])
  for (let block = 0; block < blocks; block++) {
    x = conformerBlock(network, `/encoder/layers.${block}`, x, { settings, context })
  }
  const logits = network.linear('/decoder/ctc_head', x, modelSize, classes)
  network.builder.node('LogSoftmax', [logits], {
    attributes: { axis: intAttribute(-1) },
    outputs: ['logprobs']
  })
  network.builder.output('logprobs', 'float32', ['batch', 'out_frames', classes])
  return network.builder.build()
}

function assertSizes({ modelSize, heads, kernel, blocks, classes }: ConformerCtcSettings): void {
  const sizes = [modelSize, heads, kernel, blocks, classes]
  const isWhole = sizes.every((size) => Number.isInteger(size) && size >= 1)
  if (isWhole && modelSize % (2 * heads) === 0 && kernel % 2 === 1) return
  throw new WorkbenchError(
    'invalid-input',
    `A Conformer needs an even size per head and an odd kernel, got ${modelSize} features in ${heads} heads and a kernel of ${kernel}.`
  )
}

/**
 * Two convolutions of stride 2 in time over all mel bins, each with a ReLU: x [batch, ceil(frames / 4), modelSize], and how many of
 * its frames are no padding, counts [batch].
 */
function subsample(
  network: NetworkWriter,
  signal: string,
  { length, settings }: { readonly length: string; readonly settings: ConformerCtcSettings }
): { readonly x: string; readonly counts: string } {
  const { melBins, modelSize } = settings
  const path = '/encoder/pre_encode'
  /** Zeros behind the end, as a recording alone has them there. */
  const masked = (part: string, x: string, counts: string): string => {
    const frames = frameIndices(network, `${path}/${part}`, x, 2)
    return network.node(`${path}/${part}`, 'Mul', [
      x,
      maskOf(network, `${path}/${part}`, { frames, counts, axis: 1 })
    ])
  }
  const half = convolve(network, `${path}/conv.0`, masked('signal', signal, length), {
    inChannels: melBins,
    outChannels: modelSize
  })
  const halfCounts = halveCounts(network, `${path}/length.0`, length)
  const quarter = convolve(network, `${path}/conv.1`, masked('half', half, halfCounts), {
    inChannels: modelSize,
    outChannels: modelSize
  })
  const framesFirst = network.transpose(`${path}/frames`, quarter, [0, 2, 1])
  return {
    x: network.linear(`${path}/out`, framesFirst, modelSize, modelSize),
    counts: halveCounts(network, `${path}/length.1`, halfCounts)
  }
}

function convolve(
  network: NetworkWriter,
  path: string,
  x: string,
  channels: { readonly inChannels: number; readonly outChannels: number }
): string {
  const convolved = network.convolution(path, x, { ...channels, kernel: 3, stride: 2 })
  return network.node(path, 'Relu', [convolved])
}

/** ceil(n / 2), as a convolution of stride 2 counts. */
function halveCounts(network: NetworkWriter, path: string, counts: string): string {
  const more = network.node(path, 'Add', [counts, network.integers(`${path}.one`, [1])])
  return network.node(path, 'Div', [more, network.integers(`${path}.two`, [2])])
}

/** 0, 1, ... int64 [frames] for the frames along `axis` of x. */
function frameIndices(network: NetworkWriter, path: string, x: string, axis: number): string {
  const size = network.node(path, 'Gather', [
    network.node(path, 'Shape', [x]),
    network.builder.node('Constant', [], {
      attributes: { value_int: intAttribute(axis) },
      outputs: [`${path}/axis`]
    })
  ])
  const bound = (name: string, value: number): string =>
    network.builder.node('Constant', [], {
      attributes: { value_int: intAttribute(value) },
      outputs: [`${path}/${name}`]
    })
  return network.node(path, 'Range', [bound('first', 0), size, bound('step', 1)])
}

/** float32, 1 where a frame belongs to the recording: [batch, 1, frames] for `axis` 1, [batch, frames, 1] for `axis` 2. */
function maskOf(
  network: NetworkWriter,
  path: string,
  { frames, counts, axis }: { readonly frames: string; readonly counts: string; readonly axis: number }
): string {
  const column = network.builder.node('Unsqueeze', [counts, network.integers(`${path}.column`, [1])], {
    outputs: [`${path}/counts`]
  })
  const isValid = network.node(path, 'Less', [frames, column])
  const mask = network.builder.node('Cast', [isValid], {
    attributes: { to: intAttribute(1) },
    outputs: [`${path}/valid`]
  })
  return network.builder.node('Unsqueeze', [mask, network.integers(`${path}.axis`, [axis])], {
    outputs: [`${path}/mask`]
  })
}

/** Far below any score, and yet no infinity: a row of padding alone must not become 0 / 0. */
const maskedScore = -1e4

function describeFrames(
  network: NetworkWriter,
  x: string,
  { counts, headSize }: { readonly counts: string; readonly headSize: number }
): { readonly context: BlockContext; readonly mask: string } {
  const path = '/encoder/positions'
  const frames = frameIndices(network, path, x, 1)
  const mask = maskOf(network, path, { frames, counts, axis: 2 })
  const byKey = network.reshape(`${path}/keys`, mask, [0, 1, 1, -1])
  const padding = network.node(`${path}/keys`, 'Sub', [network.number('positions.one', 1), byKey])
  const keyBias = network.node(`${path}/keys`, 'Mul', [
    padding,
    network.number('positions.masked_score', maskedScore)
  ])
  return { mask, context: { frameMask: mask, keyBias, ...rotaryTables(network, frames, headSize) } }
}
