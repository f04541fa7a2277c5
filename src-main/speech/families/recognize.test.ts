import { describe, expect, it } from 'vitest'
import {
  floatValue,
  graphOf,
  integerValue,
  memoryModelFolder as folder,
  modelFileHint,
  type FolderFiles
} from '../../../tests/helpers/memory-model-folder'
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
const whisperGraph = graphOf(
  [floatValue('input_features', 'batch', 80, 'frames')],
  [floatValue('logits', 'batch', 'steps', 4)]
)

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
  inputs: [floatValue('input_values', 'batch', 'samples')],
  outputs: [{ name: 'logits', dataType: 'float32', dims: undefined }],
  metadata: new Map()
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
      companionInputs: [],
      outputName: 'logits',
      sampleRateHz: 16000,
      padToMultipleOfSamples: 320,
      minimumSamples: 201,
      maximumSamples: 480000,
      longerAudio: 'refuse',
      framesPerSecond: 50,
      vocabulary: {
        tokens: ['<pad>', '|', 'a', 'b'],
        blankId: 0,
        wordDelimiter: '|',
        wordMarker: undefined,
        lowerCase: false,
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

  it.each(['HubertForCTC', 'WavLMForCTC', 'Data2VecAudioForCTC', 'UniSpeechSatForCTC'])(
    "describes %s with a mask and the tokenizer's own special tokens",
    async (architecture) => {
      const files = {
        ...rawFiles,
        'config.json': {
          ...rawConfig,
          architectures: [architecture],
          vocab_size: 6,
          pad_token_id: undefined
        },
        'vocab.json': { '|': 0, a: 1, b: 2, '[UNK]': 3, '[PAD]': 4, '<oov>': 5 },
        'added_tokens.json': { '<s>': 6, '</s>': 7 },
        'tokenizer_config.json': { pad_token: '[PAD]', do_lower_case: true },
        'special_tokens_map.json': { unk_token: { content: '<oov>', lstrip: false }, pad_token: 'not this' }
      }
      const mask = integerValue('attention_mask', 'batch', 'samples')
      const graph = { ...rawGraph, inputs: [...rawGraph.inputs, mask] }
      expect(await recognizeFamily(folder(files), graph)).toMatchObject({
        inputName: 'input_values',
        companionInputs: [{ name: 'attention_mask', kind: 'mask', dataType: 'int64' }],
        vocabulary: { blankId: 4, lowerCase: true, specialIds: new Set([3, 4, 5]) }
      })
    }
  )

  it('counts the adapter of wav2vec 2.0 and the squeezing of SEW into the frame rate', async () => {
    const adapter = { add_adapter: true, num_adapter_layers: 3, adapter_stride: 2 }
    for (const [extra, framesPerSecond] of [
      [adapter, 6.25],
      [{ ...adapter, add_adapter: false }, 50],
      [{ squeeze_factor: 2 }, 25]
    ] as const) {
      const files = { ...rawFiles, 'config.json': { ...rawConfig, ...extra } }
      expect(await recognizeFamily(folder(files), rawGraph)).toMatchObject({ framesPerSecond })
    }
  })

  it("takes an extractor without a name for wav2vec 2.0's when it says whether to normalize", async () => {
    const preprocessor = { ...rawPreprocessor, feature_extractor_type: undefined, do_normalize: false }
    const files = { ...rawFiles, 'preprocessor_config.json': preprocessor }
    expect(await recognizeFamily(folder(files), rawGraph)).toMatchObject({
      frontEnd: { kind: 'raw-waveform', normalize: false }
    })
  })

  it('goes on to the next kind that a model claims to be, and reports the first when all refuse', async () => {
    const graph = { ...rawGraph, metadata: new Map([['model_type', 'somebody-elses']]) }
    expect(await recognizeFamily(folder(rawFiles), graph)).toMatchObject({ family: 'ctc-encoder' })
    const files = { ...rawFiles, 'vocab.json': undefined }
    await expect(recognizeFamily(folder(files), graph)).rejects.toThrow(
      /has model_type 'somebody-elses' in its/
    )
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

/** The message of a refusal: the reason, then the way out. */
const withHint = (reason: string) => reason.replace(/\.$/u, modelFileHint)

describe('recognizeFamily refuses', () => {
  it.each<[string, FolderFiles, string]>([
    [
      'a folder that tells nothing',
      { 'config.json': undefined },
      "'tiny' has no config.json, no labels.txt and no model_type in the metadata of model.onnx to tell what kind of model it is."
    ],
    [
      'a folder without preprocessor_config.json',
      { 'preprocessor_config.json': undefined },
      beside('preprocessor_config.json')
    ],
    ['a folder without vocab.json', { 'vocab.json': undefined }, beside('vocab.json')],
    [
      'another architecture',
      { 'config.json': { ...whisperConfig, architectures: ['WhisperForConditionalGeneration'] } },
      "config.json of 'tiny' has architectures [WhisperForConditionalGeneration], expected one that ends in ForCTC, ForSequenceClassification, ForAudioClassification."
    ],
    [
      'a configuration without architectures',
      { 'config.json': {} },
      "config.json of 'tiny' has architectures [], expected one that ends in ForCTC, ForSequenceClassification, ForAudioClassification."
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
      message: withHint(message)
    })
  })

  it.each<[string, Partial<ModelInterface>, string]>([
    [
      'an input that Lathe cannot fill',
      { inputs: [...rawGraph.inputs, integerValue('language', 'batch')] },
      "model.onnx of 'tiny' takes float32 input_values [batch, samples] and int64 language [batch], expected one float32 input [batch, samples]."
    ],
    [
      'a streaming model',
      {
        inputs: [...rawGraph.inputs, floatValue('cached_key_0', 64, 1, 128), integerValue('cached_len_0', 1)]
      },
      "model.onnx of 'tiny' takes 2 inputs of state such as cached_key_0: it is a streaming model, and Lathe drives models that hear a whole utterance at once; export it without streaming."
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
      "model.onnx of 'tiny' takes exactly 16000 samples, but its audio is padded to a multiple of 1 samples; expected a graph with a free length."
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
      message: withHint(message)
    })
  })
})
