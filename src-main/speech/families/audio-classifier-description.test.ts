import { describe, expect, it } from 'vitest'
import {
  floatValue,
  graphOf,
  memoryModelFolder,
  modelFileHint,
  type FolderFiles
} from '../../../tests/helpers/memory-model-folder'
import type { ModelInterface } from './model-interface'
import { recognizeFamily } from './recognize'

const keywordFiles: FolderFiles = { 'labels.txt': '_silence_\nyes\nno\n', 'LICENSE.txt': 'free' }
const keywordGraph = graphOf([floatValue('input_1', 1, 16000)], [floatValue('dense', 1, 3)])

const config = { architectures: ['HubertForSequenceClassification'], id2label: { 0: 'yes', 1: 'no' } }
const preprocessor = {
  feature_extractor_type: 'Wav2Vec2FeatureExtractor',
  sampling_rate: 16000,
  do_normalize: true
}
const hubertFiles: FolderFiles = { 'config.json': config, 'preprocessor_config.json': preprocessor }
const hubertGraph = graphOf([floatValue('input_values', 'b', 's')], [floatValue('logits', 'b', 2)])

const recognize = (files: FolderFiles, graph: ModelInterface) =>
  recognizeFamily(memoryModelFolder(files), graph)

describe('recognizeFamily on classifiers', () => {
  it('describes a graph of fixed length with labels.txt', async () => {
    expect(await recognize(keywordFiles, keywordGraph)).toEqual({
      family: 'audio-classifier',
      name: 'tiny',
      modelFile: 'model.onnx',
      frontEnd: { kind: 'raw-waveform', normalize: false },
      inputName: 'input_1',
      companionInputs: [],
      outputName: 'dense',
      sampleRateHz: 16000,
      padToMultipleOfSamples: 16000,
      minimumSamples: 1,
      maximumSamples: 16000,
      longerAudio: 'crop',
      labels: ['_silence_', 'yes', 'no'],
      scores: 'logits',
      sidecars: ['labels.txt', 'LICENSE.txt']
    })
  })

  it('describes a graph of free length with labels.txt', async () => {
    const graph = graphOf([floatValue('x', 'batch', 'samples')], [floatValue('y', 'batch', 'classes')])
    expect(await recognize(keywordFiles, graph)).toMatchObject({
      padToMultipleOfSamples: 1,
      maximumSamples: undefined
    })
  })

  it('describes a Hugging Face classifier of the waveform', async () => {
    expect(await recognize(hubertFiles, hubertGraph)).toMatchObject({
      family: 'audio-classifier',
      frontEnd: { kind: 'raw-waveform', normalize: true },
      labels: ['yes', 'no'],
      maximumSamples: undefined
    })
  })

  it('describes a Whisper classifier, which hears the first 30 s', async () => {
    const files = {
      'config.json': { ...config, architectures: ['WhisperForAudioClassification'] },
      'preprocessor_config.json': {
        feature_extractor_type: 'WhisperFeatureExtractor',
        sampling_rate: 16000,
        feature_size: 80,
        n_fft: 400,
        hop_length: 160,
        chunk_length: 30
      }
    }
    const graph = graphOf([floatValue('input_features', 'b', 80, 3000)], [floatValue('logits', 'b', 2)])
    expect(await recognize(files, graph)).toMatchObject({
      family: 'audio-classifier',
      padToMultipleOfSamples: 480000,
      maximumSamples: 480000,
      longerAudio: 'crop'
    })
  })

  it('prefers labels.txt to id2label', async () => {
    const files = { ...hubertFiles, 'labels.txt': 'ja\nnein' }
    expect(await recognize(files, hubertGraph)).toMatchObject({ labels: ['ja', 'nein'] })
  })

  it.each<[string, FolderFiles, ModelInterface, string]>([
    [
      'another number of labels',
      { 'labels.txt': 'yes\nno' },
      keywordGraph,
      "model.onnx of 'tiny' gives float32 dense [1, 3], expected float32 logits [batch, 2] as labels.txt says"
    ],
    [
      'features that labels.txt does not describe',
      keywordFiles,
      graphOf([floatValue('x', 1, 98, 40)], [floatValue('y', 1, 3)]),
      "model.onnx of 'tiny' takes float32 x [1, 98, 40], and labels.txt alone does not say how such features are computed"
    ],
    [
      'classes without names',
      { ...hubertFiles, 'config.json': { architectures: ['HubertForSequenceClassification'] } },
      hubertGraph,
      "'tiny' does not name its classes, expected 'id2label' in config.json or a file labels.txt"
    ],
    [
      'the extractor of a spectrogram transformer',
      {
        'config.json': { ...config, architectures: ['ASTForAudioClassification'] },
        'preprocessor_config.json': { ...preprocessor, feature_extractor_type: 'ASTFeatureExtractor' }
      },
      hubertGraph,
      `preprocessor_config.json of 'tiny' has 'feature_extractor_type' = "ASTFeatureExtractor", expected WhisperFeatureExtractor or Wav2Vec2FeatureExtractor`
    ]
  ])('refuses %s', async (_, files, graph, reason) => {
    await expect(recognize(files, graph)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: reason + modelFileHint
    })
  })
})
