import { WorkbenchError } from '@contract/errors'
import { describe, expect, it } from 'vitest'
import type { ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { recognizeFamily } from './recognize'

type Fields = Record<string, unknown>

const whisperConfig: Fields = {
  architectures: ['WhisperForCTC'],
  vocab_size: 4,
  pad_token_id: 0,
  inputs_to_logits_ratio: 320,
  max_source_positions: 1500
}
const whisperPreprocessor: Fields = {
  feature_extractor_type: 'WhisperFeatureExtractor',
  feature_size: 80,
  sampling_rate: 16000,
  hop_length: 160,
  n_fft: 400,
  chunk_length: 30,
  pad_to_chunk_length: false,
  pad_to_multiple_of_samples: 320
}
const vocabulary: Fields = { '<pad>': 0, '|': 1, a: 2, b: 3 }
const whisperGraph: ModelInterface = {
  inputs: [{ name: 'input_features', dataType: 'float32', dims: ['batch', 80, 'frames'] }],
  outputs: [{ name: 'logits', dataType: 'float32', dims: ['batch', 'steps', 4] }]
}

const rawConfig: Fields = {
  architectures: ['Wav2Vec2ForCTC'],
  vocab_size: 4,
  pad_token_id: 0,
  conv_kernel: [10, 3, 3, 3, 3, 2, 2],
  conv_stride: [5, 2, 2, 2, 2, 2, 2]
}
const rawPreprocessor: Fields = {
  feature_extractor_type: 'Wav2Vec2FeatureExtractor',
  feature_size: 1,
  sampling_rate: 16000,
  padding_value: 0,
  do_normalize: true
}
const rawGraph: ModelInterface = {
  inputs: [{ name: 'input_values', dataType: 'float32', dims: ['batch', 'samples'] }],
  outputs: [{ name: 'logits', dataType: 'float32', dims: undefined }]
}

function folder(files: Readonly<Record<string, Fields | string | undefined>>): ModelFolder {
  const present = new Map(Object.entries(files).filter(([, content]) => content !== undefined))
  return {
    name: 'tiny',
    modelFile: 'model.onnx',
    has: (fileName) => present.has(fileName),
    readText: async (fileName) => {
      const content = present.get(fileName)
      if (content === undefined) throw new WorkbenchError('io', `No ${fileName}.`)
      return typeof content === 'string' ? content : JSON.stringify(content)
    }
  }
}

const whisperFiles = {
  'config.json': whisperConfig,
  'preprocessor_config.json': whisperPreprocessor,
  'vocab.json': vocabulary
}
const rawFiles = {
  'config.json': rawConfig,
  'preprocessor_config.json': rawPreprocessor,
  'vocab.json': vocabulary
}

describe('recognizeFamily', () => {
  it('describes a Whisper encoder with a CTC head', async () => {
    const files = { ...whisperFiles, 'LICENSE.txt': 'MIT', 'notes.txt': 'mine' }
    expect(await recognizeFamily(folder(files), whisperGraph)).toEqual({
      family: 'ctc-encoder',
      name: 'tiny',
      modelFile: 'model.onnx',
      frontEnd: {
        kind: 'whisper-log-mel',
        parameters: { melBins: 80, fftLength: 400, hopLength: 160, sampleRateHz: 16000 }
      },
      inputName: 'input_features',
      outputName: 'logits',
      sampleRateHz: 16000,
      padToMultipleOfSamples: 320,
      minimumSamples: 201,
      maximumSamples: 480000,
      framesPerSecond: 50,
      vocabulary: {
        tokens: ['<pad>', '|', 'a', 'b'],
        blankId: 0,
        wordDelimiter: '|',
        specialIds: new Set([0])
      },
      sidecars: ['config.json', 'preprocessor_config.json', 'vocab.json', 'LICENSE.txt']
    })
  })

  it('describes a wav2vec 2.0 model, deriving rate and shortest input from its convolutions', async () => {
    expect(await recognizeFamily(folder(rawFiles), rawGraph)).toMatchObject({
      frontEnd: { kind: 'raw-waveform', normalize: true },
      padToMultipleOfSamples: 1,
      // The published receptive field of wav2vec 2.0 is 400 samples, its stride 320.
      minimumSamples: 400,
      maximumSamples: undefined,
      framesPerSecond: 50
    })
  })

  it('pads to whole chunks when the Whisper extractor says nothing else', async () => {
    const preprocessor = {
      ...whisperPreprocessor,
      pad_to_chunk_length: undefined,
      pad_to_multiple_of_samples: undefined
    }
    const files = { ...whisperFiles, 'preprocessor_config.json': preprocessor }
    expect(await recognizeFamily(folder(files), whisperGraph)).toMatchObject({
      padToMultipleOfSamples: 480000
    })
  })

  it('accepts a graph of fixed length when padding gives that length', async () => {
    const preprocessor = { ...whisperPreprocessor, pad_to_chunk_length: true, chunk_length: 10 }
    const files = { ...whisperFiles, 'preprocessor_config.json': preprocessor }
    const inputs = [{ name: 'x', dataType: 'float32', dims: [1, 80, 1000] }]
    expect(await recognizeFamily(folder(files), { ...whisperGraph, inputs })).toMatchObject({
      padToMultipleOfSamples: 160000,
      maximumSamples: 160000
    })
  })

  it('takes the blank from ctc_blank_id and the delimiter from tokenizer_config.json', async () => {
    const files = {
      ...rawFiles,
      'config.json': { ...rawConfig, ctc_blank_id: 3 },
      'tokenizer_config.json': { word_delimiter_token: '_' }
    }
    expect(await recognizeFamily(folder(files), rawGraph)).toMatchObject({
      vocabulary: { blankId: 3, wordDelimiter: '_' },
      sidecars: ['config.json', 'preprocessor_config.json', 'vocab.json', 'tokenizer_config.json']
    })
  })
})

const beside = (fileName: string) =>
  `'tiny' has no ${fileName}, expected it beside model.onnx; copy it from the model's origin.`

describe('recognizeFamily refuses', () => {
  it.each<[string, Readonly<Record<string, Fields | string | undefined>>, string]>([
    ['a folder without config.json', { 'config.json': undefined }, beside('config.json')],
    [
      'a folder without preprocessor_config.json',
      { 'preprocessor_config.json': undefined },
      beside('preprocessor_config.json')
    ],
    ['a folder without vocab.json', { 'vocab.json': undefined }, beside('vocab.json')],
    [
      'another architecture',
      { 'config.json': { ...whisperConfig, architectures: ['WhisperForConditionalGeneration'] } },
      "config.json of 'tiny' has architectures [WhisperForConditionalGeneration], expected one that ends in ForCTC."
    ],
    [
      'a configuration without architectures',
      { 'config.json': {} },
      "config.json of 'tiny' has architectures [], expected one that ends in ForCTC."
    ],
    [
      'architectures that are not a list',
      { 'config.json': { architectures: 'WhisperForCTC' } },
      `config.json of 'tiny' has 'architectures' = "WhisperForCTC", expected a list of strings.`
    ],
    [
      'a configuration without vocab_size',
      { 'config.json': { ...whisperConfig, vocab_size: undefined } },
      "config.json of 'tiny' has no 'vocab_size', expected a whole number."
    ],
    [
      'another width of the logits',
      { 'config.json': { ...whisperConfig, vocab_size: 32 } },
      "model.onnx of 'tiny' gives float32 logits [batch, steps, 4], expected float32 logits [batch, frames, 32] as vocab_size in config.json says."
    ],
    [
      'another number of mel bins',
      { 'preprocessor_config.json': { ...whisperPreprocessor, feature_size: 128 } },
      "model.onnx of 'tiny' takes float32 input_features [batch, 80, frames], expected one float32 input [batch, 128, frames]."
    ],
    [
      'an unknown extractor',
      { 'preprocessor_config.json': { ...whisperPreprocessor, feature_extractor_type: 'Other' } },
      `preprocessor_config.json of 'tiny' has 'feature_extractor_type' = "Other", expected WhisperFeatureExtractor or Wav2Vec2FeatureExtractor.`
    ],
    [
      'a fractional sample rate',
      { 'preprocessor_config.json': { ...whisperPreprocessor, sampling_rate: 0.5 } },
      "preprocessor_config.json of 'tiny' has 'sampling_rate' = 0.5, expected a whole number of at least 1."
    ],
    [
      'padding with something else than zeros',
      { 'preprocessor_config.json': { ...whisperPreprocessor, padding_value: -1 } },
      "preprocessor_config.json of 'tiny' has 'padding_value' = -1, expected 0."
    ]
  ])('%s', async (_, changes, message) => {
    await expect(
      recognizeFamily(folder({ ...whisperFiles, ...changes }), whisperGraph)
    ).rejects.toMatchObject({
      code: 'unsupported-model',
      message
    })
  })

  it.each<[string, Partial<ModelInterface>, string]>([
    [
      'a second input',
      { inputs: [...rawGraph.inputs, { name: 'attention_mask', dataType: 'int64', dims: ['b', 's'] }] },
      "model.onnx of 'tiny' takes float32 input_values [batch, samples] and int64 attention_mask [b, s], expected one float32 input [batch, samples]."
    ],
    [
      'no input',
      { inputs: [] },
      "model.onnx of 'tiny' takes nothing, expected one float32 input [batch, samples]."
    ],
    [
      'half precision',
      { inputs: [{ name: 'x', dataType: 'float16', dims: undefined }] },
      "model.onnx of 'tiny' takes float16 x [...], expected one float32 input [batch, samples]."
    ],
    [
      'a fixed length that padding does not give',
      { inputs: [{ name: 'x', dataType: 'float32', dims: [undefined, 16000] }] },
      "model.onnx of 'tiny' takes exactly 16000 samples, but its audio is padded to a multiple of 1; expected a graph with a free length."
    ],
    [
      'several outputs without logits among them',
      {
        outputs: [
          { name: 'y', dataType: 'float32', dims: undefined },
          { name: 'z', dataType: 'float32', dims: undefined }
        ]
      },
      "model.onnx of 'tiny' gives float32 y [...] and float32 z [...], expected float32 logits [batch, frames, 4] as vocab_size in config.json says."
    ]
  ])('%s', async (_, changes, message) => {
    await expect(recognizeFamily(folder(rawFiles), { ...rawGraph, ...changes })).rejects.toMatchObject({
      code: 'unsupported-model',
      message
    })
  })
})
