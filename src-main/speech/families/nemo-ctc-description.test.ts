import { describe, expect, it } from 'vitest'
import {
  floatValue,
  graphOf,
  integerValue,
  memoryModelFolder,
  modelFileHint,
  type FolderFiles
} from '../../../tests/helpers/memory-model-folder'
import { recognizeFamily } from './recognize'

const files: FolderFiles = { 'tokens.txt': '▁a 0\nb 1\n<blk> 2\n' }

const nemoGraph = (metadata: Readonly<Record<string, string>>, melBins: number | string = 80) =>
  graphOf(
    [floatValue('audio_signal', 'b', melBins, 't'), integerValue('length', 'b')],
    [floatValue('logprobs', 'b', 't2', 3)],
    metadata
  )

const recognize = (graph: ReturnType<typeof nemoGraph>, others: FolderFiles = files) =>
  recognizeFamily(memoryModelFolder(others), graph)

const distributed = {
  model_type: 'EncDecCTCModelBPE',
  normalize_type: 'per_feature',
  subsampling_factor: '8',
  vocab_size: '2'
}

describe('recognizeFamily on NeMo exports', () => {
  it('describes a model with the metadata of sherpa-onnx', async () => {
    expect(await recognize(nemoGraph(distributed))).toMatchObject({
      family: 'ctc-encoder',
      frontEnd: {
        kind: 'nemo-log-mel',
        parameters: {
          melBins: 80,
          sampleRateHz: 16000,
          fftLength: 512,
          windowLength: 400,
          hopLength: 160,
          normalize: 'per-feature'
        }
      },
      inputName: 'audio_signal',
      companionInputs: [{ name: 'length', kind: 'length', dataType: 'int64' }],
      outputName: 'logprobs',
      padToMultipleOfSamples: 1,
      minimumSamples: 1280,
      framesPerSecond: 12.5,
      vocabulary: { blankId: 2 },
      sidecars: ['tokens.txt']
    })
  })

  it.each(['', 'NA'])('does not normalize when the metadata say %j', async (normalizeType) => {
    const metadata = { ...distributed, model_type: 'EncDecCTCModel', normalize_type: normalizeType }
    expect(await recognize(nemoGraph(metadata))).toMatchObject({
      frontEnd: { parameters: { normalize: 'none' } }
    })
  })

  it('takes sizes from the graph first, then from the metadata', async () => {
    const metadata = { ...distributed, feat_dim: '64', window_size: '0.02', sample_rate: '8000' }
    expect(await recognize(nemoGraph(metadata, 'd'))).toMatchObject({
      sampleRateHz: 8000,
      frontEnd: { parameters: { melBins: 64, windowLength: 160, hopLength: 80, fftLength: 256 } }
    })
    expect(await recognize(nemoGraph(metadata, 128))).toMatchObject({
      frontEnd: { parameters: { melBins: 128 } }
    })
  })

  it('knows NeMo’s own export, without metadata, by its names', async () => {
    const others = { 'vocab.txt': files['tokens.txt'] }
    expect(await recognize(nemoGraph({}), others)).toMatchObject({
      frontEnd: { kind: 'nemo-log-mel', parameters: { normalize: 'per-feature' } },
      framesPerSecond: undefined,
      minimumSamples: 160,
      sidecars: ['vocab.txt']
    })
  })

  it.each<[string, ReturnType<typeof nemoGraph>, string]>([
    [
      'features of GigaAM',
      nemoGraph({ ...distributed, is_giga_am: '1' }),
      "'tiny' is a GigaAM model ('is_giga_am' in its metadata), and Lathe does not compute its features; expected a model that NeMo exported"
    ],
    [
      'another normalization',
      nemoGraph({ ...distributed, normalize_type: 'all_features' }),
      "model.onnx of 'tiny' has 'normalize_type' = 'all_features' in its metadata, expected 'per_feature' or nothing"
    ],
    [
      'a window counted in frames',
      nemoGraph({ ...distributed, window_size: '121' }),
      "model.onnx of 'tiny' has 'window_size' = '121' in its metadata, expected seconds, above 0 and below 1"
    ],
    [
      'the encoder of a transducer',
      {
        ...nemoGraph({ ...distributed, model_type: 'EncDecHybridRNNTCTCBPEModel' }),
        outputs: [floatValue('outputs', 'b', 512, 't2'), integerValue('encoded_lengths', 'b')]
      },
      "model.onnx of 'tiny' gives float32 outputs [b, 512, t2] and int64 encoded_lengths [b], expected float32 logits [batch, frames, classes] as its family says"
    ],
    [
      'a cache-aware streaming model',
      nemoGraph({ ...distributed, window_size: '121', chunk_shift: '112', cache_last_channel_dim1: '17' }),
      "model.onnx of 'tiny' is a streaming model (EncDecCTCModelBPE with 'chunk_shift' in its metadata), and Lathe drives models that hear a whole utterance at once; export it without streaming"
    ]
  ])('refuses %s', async (_, graph, reason) => {
    await expect(recognize(graph)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: reason + modelFileHint
    })
  })
})
