/** Several recordings in one run against the same recordings one at a time. */
import { describe, expect, it } from 'vitest'
import { memoryModelFolder, type FolderFiles } from '../../../tests/helpers/memory-model-folder'
import { attentiveCtcModel, signClassifierModel } from '../../../tests/helpers/tiny-recognizers'
import type { Model } from '../../onnx/ir/model'
import { decodeModel } from '../../onnx/serde/decode-model'
import { encodeModel } from '../../onnx/serde/encode-model'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { Audio } from '../audio/audio'
import type { SpeechRecognizer } from './family'
import { modelInterface } from './model-interface'
import { openSpeechModel } from './open-speech-model'
import { recognizeFamily } from './recognize'

function audio(length: number, first = 0.1): Audio {
  const samples = Float32Array.from({ length }, (_, t) => (t === 0 ? first : 0.1 * Math.cos(t)))
  return { samples, sampleRateHz: 16000, channelCount: 1, durationSeconds: length / 16000 }
}

async function withRecognizer<T>(
  model: Model,
  files: FolderFiles,
  use: (recognizer: SpeechRecognizer) => Promise<T>
): Promise<T> {
  const bytes = encodeModel(model)
  const description = await recognizeFamily(memoryModelFolder(files), modelInterface(decodeModel(bytes)))
  const recognizer = await openSpeechModel(
    createOrtBackend(),
    description,
    { kind: 'bytes', bytes },
    { threads: 1, clock: { nowMilliseconds: () => performance.now() } }
  )
  try {
    return await use(recognizer)
  } finally {
    await recognizer.release()
  }
}

describe('a batch of a classifier', () => {
  it('gives every recording its own label, in order', async () => {
    await withRecognizer(
      signClassifierModel(16000, 'batch'),
      { 'labels.txt': 'below\nabove\n' },
      async (recognizer) => {
        const heard = await recognizer.recognizeBatch([
          audio(16000, 0.5),
          audio(8000, -0.5),
          audio(20000, 0.3)
        ])
        const labels = heard.interpretations.map((each) => (each.kind === 'label' ? each.label : undefined))
        expect(labels).toEqual(['above', 'below', 'above'])
        expect(recognizer.batchObstacle).toBeUndefined()
        // All are cropped or padded to a second by the model's own rule; none of that is padding of the batch.
        expect(heard.paddingShare).toBe(0)
      }
    )
  })

  it('is refused where the graph has a batch of one', async () => {
    await withRecognizer(
      signClassifierModel(16000),
      { 'labels.txt': 'below\nabove\n' },
      async (recognizer) => {
        expect(recognizer.batchObstacle).toMatch(
          /was exported for a batch of 1, so it takes one recording at a time\.$/
        )
        await expect(recognizer.recognizeBatch([audio(100), audio(100)])).rejects.toMatchObject({
          code: 'unsupported-model',
          message: recognizer.batchObstacle
        })
      }
    )
  })
})

describe('a batch of a CTC model', () => {
  it('is padded to its longest recording', async () => {
    const files = {
      'config.json': { architectures: ['WavLMForCTC'], vocab_size: 2, pad_token_id: 0 },
      'preprocessor_config.json': {
        feature_extractor_type: 'Wav2Vec2FeatureExtractor',
        sampling_rate: 16000,
        do_normalize: true
      },
      'vocab.json': { '<pad>': 0, heard: 1 }
    }
    const model = attentiveCtcModel({
      input: ['input_values', ['batch', 'frames']],
      companion: ['attention_mask', 2],
      output: 'logits'
    })
    await withRecognizer(model, files, async (recognizer) => {
      const { paddingShare } = await recognizer.recognizeBatch([audio(600), audio(1000)])
      expect(paddingShare).toBeCloseTo(0.2, 12)
    })
  })
})
