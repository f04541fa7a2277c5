import { describe, expect, it } from 'vitest'
import { memoryModelFolder, type FolderFiles } from '../../../tests/helpers/memory-model-folder'
import { attentiveCtcModel, signClassifierModel } from '../../../tests/helpers/tiny-recognizers'
import type { Model } from '../../onnx/ir/model'
import { decodeModel } from '../../onnx/serde/decode-model'
import { encodeModel } from '../../onnx/serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { Audio } from '../audio/audio'
import { modelInterface } from './model-interface'
import { openSpeechModel } from './open-speech-model'
import { recognizeFamily } from './recognize'

function audio(length: number): Audio {
  const samples = Float32Array.from({ length }, (_, t) => 0.1 * Math.cos(t))
  return { samples, sampleRateHz: 16000, channelCount: 1, durationSeconds: length / 16000 }
}

/** Recognizes the model from its bytes and files, opens it and lets it hear `heard`. */
async function hear(model: Model, files: FolderFiles, heard: Audio) {
  const bytes = encodeModel(model)
  const description = await recognizeFamily(memoryModelFolder(files), modelInterface(decodeModel(bytes)))
  const clock = { nowMilliseconds: () => performance.now() }
  const source = { kind: 'bytes', bytes } as const
  const recognizer = await openSpeechModel(createOrtBackend(), description, source, { threads: 1, clock })
  try {
    const { dims } = await recognizer.computeInput(heard)
    return { description, dims, ...(await recognizer.recognize(heard)) }
  } finally {
    await recognizer.release()
  }
}

const tokens: FolderFiles = { 'tokens.txt': '<blk> 0\n▁heard 1\n' }

describe('openSpeechModel', () => {
  it('feeds a wav2vec 2.0 model a mask of ones', async () => {
    const model = attentiveCtcModel({
      input: ['input_values', ['batch', 'frames']],
      companion: ['attention_mask', 2],
      output: 'logits'
    })
    const files = {
      'config.json': { architectures: ['WavLMForCTC'], vocab_size: 2, pad_token_id: 0 },
      'preprocessor_config.json': {
        feature_extractor_type: 'Wav2Vec2FeatureExtractor',
        sampling_rate: 16000,
        do_normalize: true
      },
      'vocab.json': { '<pad>': 0, heard: 1 }
    }
    const { dims, interpretation } = await hear(model, files, audio(1001))
    expect(dims).toEqual([1, 1001])
    expect(interpretation).toEqual({ kind: 'text', text: 'heard' })
  })

  it('feeds a NeMo model its features and how many frames there are', async () => {
    const model = attentiveCtcModel({
      input: ['audio_signal', ['batch', 80, 'frames']],
      companion: ['length', 1],
      output: 'logprobs',
      metadata: { model_type: 'EncDecCTCModelBPE', normalize_type: 'per_feature', subsampling_factor: '1' }
    })
    const { dims, interpretation } = await hear(model, tokens, audio(4799))
    expect(dims).toEqual([1, 80, 29])
    expect(interpretation).toEqual({ kind: 'text', text: 'heard' })
  })

  it.each([
    ['zipformer2_ctc', 30],
    ['wenet_ctc', 28]
  ])('feeds a %s model its filter bank and how many frames there are', async (modelType, frames) => {
    const model = attentiveCtcModel({
      input: ['x', ['batch', 'frames', 80]],
      companion: ['x_lens', 1],
      output: 'log_probs',
      metadata: { model_type: modelType }
    })
    const { dims, interpretation } = await hear(model, tokens, audio(4800))
    expect(dims).toEqual([1, frames, 80])
    expect(interpretation).toEqual({ kind: 'text', text: 'heard' })
  })

  it.each([
    ['fills short audio with zeros at its end', 100],
    ['cuts long audio at its end', 5000]
  ])('%s for a classifier of fixed length', async (_, length) => {
    const labels = { 'labels.txt': 'below\nabove\n' }
    const { description, dims, interpretation } = await hear(signClassifierModel(1000), labels, audio(length))
    expect(description.family).toBe('audio-classifier')
    expect(dims).toEqual([1, 1000])
    // Logits -0.1 and 0.1: the odds are e^0.2, in float32.
    const above = Math.exp(0.2) / (1 + Math.exp(0.2))
    expect(interpretation).toMatchObject({
      kind: 'label',
      label: 'above',
      topLabels: [
        { label: 'above', probability: expect.closeTo(above, 6) as number },
        { label: 'below', probability: expect.closeTo(1 - above, 6) as number }
      ]
    })
  })

  it('drives a model that lathe-model.json describes', async () => {
    const model = attentiveCtcModel({
      input: ['mel', ['batch', 64, 'frames']],
      companion: ['n', 1],
      output: 'classes'
    })
    const files = {
      ...tokens,
      'lathe-model.json': {
        family: 'ctc-encoder',
        sampleRateHz: 16000,
        frontEnd: { kind: 'nemo-log-mel', melBins: 64, windowLength: 320 },
        lengthInput: 'n',
        tokens: 'tokens.txt',
        padToMultipleOfSamples: 1600
      }
    }
    const { dims, interpretation } = await hear(model, files, audio(4801))
    expect(dims).toEqual([1, 64, 40])
    expect(interpretation).toEqual({ kind: 'text', text: 'heard' })
  })
})
