/**
 * Reads CTC models as sherpa-onnx distributes them: `model_type` in the graph's metadata says whose export it is, tokens.txt
 * names the classes.
 * Source: k2-fsa/sherpa-onnx, csrc/offline-ctc-model.cc and scripts; k2-fsa/icefall, zipformer/export-onnx-ctc.py;
 * lhotse, features/fbank.py; wenet-e2e/wenet, dataset/processor.py.
 */
import { WorkbenchError } from '@contract/errors'
import type { KaldiFbankParameters } from '../features/kaldi-fbank'
import type { CtcEncoderDescription } from './family'
import { MetadataFields } from './metadata-fields'
import type { ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { describeNemoCtc } from './nemo-ctc-description'
import { describeTokensCtc } from './tokens-ctc-description'

/** What icefall and WeNet train on; their exports do not note it. */
const sampleRateHz = 16000

/** The filter bank of icefall's recipes (lhotse's `Fbank`): samples in -1 .. 1, ends mirrored, 20 to 7600 Hz. */
const icefallFbank: KaldiFbankParameters = {
  melBins: 80,
  sampleRateHz,
  frameLength: 400,
  hopLength: 160,
  lowFrequencyHz: 20,
  highFrequencyHz: sampleRateHz / 2 - 400,
  sampleScale: 1,
  snipEdges: false
}

/**
 * The filter bank of WeNet's recipes (torchaudio's `kaldi.fbank`): 16-bit counts, whole frames, 20 to 8000 Hz. sherpa-onnx
 * feeds the same models icefall's band and mirrored ends; Lathe gives them what they were trained on.
 */
const wenetFbank: KaldiFbankParameters = {
  ...icefallFbank,
  highFrequencyHz: sampleRateHz / 2,
  sampleScale: 2 ** 15,
  snipEdges: true
}

/** Frames below which the two strided convolutions (kernel 3, stride 2) of both encoders give nothing, with a margin of 2. */
const minimumFrames = 9
/** Of both encoders, where their metadata do not say. */
const usualSubsampling = 4

type Describe = (folder: ModelFolder, graph: ModelInterface) => Promise<CtcEncoderDescription>

const modelTypes: ReadonlyMap<string, Describe> = new Map([
  ['EncDecCTCModelBPE', describeNemoCtc],
  ['EncDecCTCModel', describeNemoCtc],
  ['EncDecHybridRNNTCTCBPEModel', describeNemoCtc],
  ['EncDecHybridRNNTCTCModel', describeNemoCtc],
  ['zipformer2_ctc', withFbank(icefallFbank)],
  ['wenet_ctc', withFbank(wenetFbank)],
  // How the first exports spelt it.
  ['wenet-ctc', withFbank(wenetFbank)]
])

/** Metadata that only models with state between chunks have. */
const streamingKeys = ['chunk_size', 'chunk_shift', 'decode_chunk_len', 'cache_last_channel_dim1'] as const

/**
 * Describes a model whose metadata have a `model_type`.
 *
 * @throws WorkbenchError `unsupported-model` for other model types, streaming models and whatever does not fit.
 */
export async function describeSherpaCtc(
  folder: ModelFolder,
  graph: ModelInterface
): Promise<CtcEncoderDescription> {
  const modelType = graph.metadata.get('model_type') ?? ''
  const streamingKey = streamingKeys.find((key) => graph.metadata.has(key))
  if (streamingKey !== undefined) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' is a streaming model (${modelType} with '${streamingKey}' in its metadata), and Lathe drives models that hear a whole utterance at once; export it without streaming.`
    )
  }
  const describe = modelTypes.get(modelType)
  if (describe === undefined) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' has model_type '${modelType}' in its metadata, expected one of: ${[...modelTypes.keys()].join(', ')}.`
    )
  }
  return describe(folder, graph)
}

function withFbank(parameters: KaldiFbankParameters): Describe {
  return (folder, graph) => {
    const metadata = new MetadataFields(graph.metadata, folder)
    const subsampling = metadata.optionalInteger('subsampling_factor', 1) ?? usualSubsampling
    const { frameLength, hopLength } = parameters
    return describeTokensCtc(folder, graph, {
      frontEnd: { kind: 'kaldi-fbank', parameters },
      sampleRateHz,
      samplesPerFrame: subsampling * hopLength,
      minimumSamples: frameLength + (minimumFrames - 1) * hopLength
    })
  }
}
