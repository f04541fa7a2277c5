/**
 * Recognised CTC models of any size, with weights as external data. Layers of 67 MB are carried through everything and not
 * decomposed, which takes minutes; two small ones between them are what gets compressed.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { intAttribute, intsAttribute } from '../../src-main/onnx/ir/attribute'
import { float32Tensor, int64Tensor } from '../../src-main/onnx/ir/tensor'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import { tinyClasses, tinySizes, writeTinyModel } from '../helpers/tiny-speech-model'
import { dataFile, WeightFile } from './big-model'

const width = 512
/** Features of a layer for each feature between layers, of which the mean goes on. */
const spread = 64

const smallLayers = 2

/** Bytes of a large layer's weight. */
export const bigLayerBytes = 4 * width * width * spread

/**
 * Writes the tiny model's folder with another graph: `layers` times x + tanh(mean over groups of x·W), W [512, 32768], the
 * first two behind x·V, V [512, 512], between a projection of the log-mel features and a head.
 */
export function writeBigSpeechModel(folder: string, layers: number): string {
  writeTinyModel(folder)
  const weights = new WeightFile(width * spread)
  const b = new GraphBuilder('big-speech')
  const linear = (x: string, name: string, sizes: readonly [number, number]) =>
    b.node('MatMul', [x, b.initializer(weights.place(`${name}.weight`, ...sizes))], { name })
  const features = b.input('input_features', 'float32', ['batch', tinySizes.melBins, 'frames'])
  const frames = b.node('Transpose', [features], { attributes: { perm: intsAttribute([0, 2, 1]) } })
  const groups = b.initializer(int64Tensor('groups', [4], [0, 0, width, spread]))
  const last = b.initializer(int64Tensor('last', [1], [-1]))
  let x = linear(frames, '/input/MatMul', [tinySizes.melBins, width])
  for (let layer = 0; layer < layers; layer++) {
    if (layer < smallLayers) x = linear(x, `/blocks.${layer}/small/fc1/MatMul`, [width, width])
    const wide = linear(x, `/blocks.${layer}/fc1/MatMul`, [width, width * spread])
    const grouped = b.node('Reshape', [wide, groups])
    const mean = b.node('ReduceMean', [grouped, last], { attributes: { keepdims: intAttribute(0) } })
    x = b.node('Add', [x, b.node('Tanh', [mean])])
  }
  const bias = b.initializer(float32Tensor('head.bias', [tinyClasses], new Float32Array(tinyClasses)))
  b.node('Add', [linear(x, 'head', [width, tinyClasses]), bias], { outputs: ['logits'] })
  b.output('logits', 'float32', ['batch', 'frames', tinyClasses])
  weights.write(join(folder, dataFile))
  writeFileSync(join(folder, 'model.onnx'), encodeModel(b.build()))
  const json = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value))
  }
  json('config.json', {
    architectures: ['BigEncoderForCTC'],
    vocab_size: tinyClasses,
    ctc_blank_id: 0,
    inputs_to_logits_ratio: 160
  })
  json('preprocessor_config.json', {
    feature_extractor_type: 'WhisperFeatureExtractor',
    sampling_rate: 16_000,
    feature_size: tinySizes.melBins,
    n_fft: 400,
    hop_length: 160,
    pad_to_multiple_of_samples: 160
  })
  return folder
}
