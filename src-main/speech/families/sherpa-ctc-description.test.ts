import { describe, expect, it } from 'vitest'
import {
  floatValue,
  graphOf,
  integerValue,
  memoryModelFolder,
  modelFileHint,
  type FolderFiles
} from '../../../tests/helpers/memory-model-folder'
import type { ModelInterface } from './model-interface'
import { recognizeFamily } from './recognize'

const files: FolderFiles = { 'tokens.txt': '<blk> 0\n▁a 1\nb 2\n' }

function kaldiGraph(metadata: Readonly<Record<string, string>>): ModelInterface {
  return graphOf(
    [floatValue('x', 'N', 'T', 80), integerValue('x_lens', 'N')],
    [floatValue('log_probs', 'N', 'T2', 3), integerValue('log_probs_len', 'N')],
    metadata
  )
}

const recognize = (graph: ModelInterface, others: FolderFiles = {}) =>
  recognizeFamily(memoryModelFolder({ ...files, ...others }), graph)

describe('recognizeFamily on metadata of sherpa-onnx', () => {
  it('describes icefall’s Zipformer with a CTC head', async () => {
    expect(await recognize(kaldiGraph({ model_type: 'zipformer2_ctc', version: '1' }))).toEqual({
      family: 'ctc-encoder',
      name: 'tiny',
      modelFile: 'model.onnx',
      frontEnd: {
        kind: 'kaldi-fbank',
        parameters: {
          melBins: 80,
          sampleRateHz: 16000,
          frameLength: 400,
          hopLength: 160,
          lowFrequencyHz: 20,
          highFrequencyHz: 7600,
          sampleScale: 1,
          snipEdges: false
        }
      },
      inputName: 'x',
      companionInputs: [{ name: 'x_lens', kind: 'length', dataType: 'int64' }],
      outputName: 'log_probs',
      sampleRateHz: 16000,
      padToMultipleOfSamples: 1,
      minimumSamples: 1680,
      maximumSamples: undefined,
      longerAudio: 'refuse',
      framesPerSecond: 25,
      vocabulary: {
        tokens: ['<blk>', '▁a', 'b'],
        blankId: 0,
        wordDelimiter: undefined,
        wordMarker: '▁',
        lowerCase: false,
        specialIds: new Set([0])
      },
      sidecars: ['tokens.txt']
    })
  })

  it.each(['wenet_ctc', 'wenet-ctc'])(
    'describes %s, which was trained on 16-bit counts',
    async (modelType) => {
      expect(await recognize(kaldiGraph({ model_type: modelType, subsampling_factor: '6' }))).toMatchObject({
        frontEnd: { parameters: { sampleScale: 32768, snipEdges: true, highFrequencyHz: 8000 } },
        framesPerSecond: 16000 / 960
      })
    }
  )

  it.each<[string, ModelInterface, FolderFiles, string]>([
    [
      'a transducer',
      kaldiGraph({ model_type: 'zipformer2' }),
      {},
      "model.onnx of 'tiny' has model_type 'zipformer2' in its metadata, expected one of: EncDecCTCModelBPE, EncDecCTCModel, EncDecHybridRNNTCTCBPEModel, EncDecHybridRNNTCTCModel, zipformer2_ctc, wenet_ctc, wenet-ctc"
    ],
    [
      'a streaming model, by its metadata',
      kaldiGraph({ model_type: 'wenet_ctc', chunk_size: '16', left_chunks: '4' }),
      {},
      "model.onnx of 'tiny' is a streaming model (wenet_ctc with 'chunk_size' in its metadata), and Lathe drives models that hear a whole utterance at once; export it without streaming"
    ],
    [
      'a streaming model, by its inputs',
      {
        ...kaldiGraph({ model_type: 'zipformer2_ctc' }),
        inputs: [floatValue('x', 'N', 45, 80), floatValue('cached_key_0', 128, 1, 128)]
      },
      {},
      "model.onnx of 'tiny' takes 1 inputs of state such as cached_key_0: it is a streaming model, and Lathe drives models that hear a whole utterance at once; export it without streaming"
    ],
    [
      'a folder without tokens',
      kaldiGraph({ model_type: 'zipformer2_ctc' }),
      { 'tokens.txt': undefined },
      "'tiny' has no tokens.txt, expected it beside model.onnx; copy it from the model's origin"
    ],
    [
      'another number of tokens',
      kaldiGraph({ model_type: 'zipformer2_ctc' }),
      { 'tokens.txt': '<blk> 0\na 1\n' },
      "tokens.txt of 'tiny' has 2 symbols and none for class 2, expected one for each of 3 classes of the logits"
    ],
    [
      'metadata that are no number',
      kaldiGraph({ model_type: 'wenet_ctc', subsampling_factor: 'four' }),
      {},
      "model.onnx of 'tiny' has 'subsampling_factor' = 'four' in its metadata, expected a number"
    ],
    [
      'features that icefall does not compute',
      {
        ...kaldiGraph({ model_type: 'zipformer2_ctc' }),
        inputs: [floatValue('x', 'N', 'T', 40), integerValue('x_lens', 'N')]
      },
      {},
      "model.onnx of 'tiny' takes float32 x [N, T, 40] and int64 x_lens [N], expected one float32 input [batch, frames, 80]"
    ]
  ])('refuses %s', async (_, graph, others, reason) => {
    await expect(recognize(graph, others)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: reason + modelFileHint
    })
  })
})
