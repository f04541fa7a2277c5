/**
 * What preprocessor_config.json and config.json of the Hugging Face layout say about the sound that a model hears.
 *
 * Keys that Lathe adds to the public ones: `pad_to_multiple_of_samples` and `pad_to_chunk_length`; a folder without them
 * follows the public defaults.
 */
import { frontEndMinimumSamples, type FrontEnd } from '../features/front-end'
import type { JsonFields } from '../json-fields'
import { readModelJson, type ModelFolder } from './model-folder'

export interface HuggingFaceSound {
  readonly frontEnd: FrontEnd
  readonly sampleRateHz: number
  readonly padToMultipleOfSamples: number
  /** Of the network's convolutions too, where the configuration tells them. */
  readonly minimumSamples: number
}

/** @throws WorkbenchError `unsupported-model` naming the missing file or the key that does not fit. */
export async function readHuggingFaceSound(
  folder: ModelFolder,
  config: JsonFields
): Promise<HuggingFaceSound> {
  const preprocessor = await readModelJson(folder, 'preprocessor_config.json')
  const sampleRateHz = preprocessor.integer('sampling_rate', 1)
  const frontEnd = readFrontEnd(preprocessor, sampleRateHz)
  return {
    frontEnd,
    sampleRateHz,
    padToMultipleOfSamples: readPadding(preprocessor, frontEnd, sampleRateHz),
    minimumSamples:
      frontEnd.kind === 'raw-waveform' ? receptiveField(config) : frontEndMinimumSamples(frontEnd)
  }
}

function readFrontEnd(preprocessor: JsonFields, sampleRateHz: number): FrontEnd {
  // Early wav2vec 2.0 folders do not name their extractor, but no other one has this key.
  const isUnnamedWaveform = !preprocessor.has('feature_extractor_type') && preprocessor.has('do_normalize')
  const type = isUnnamedWaveform ? 'Wav2Vec2FeatureExtractor' : preprocessor.string('feature_extractor_type')
  if ((preprocessor.optionalNumber('padding_value') ?? 0) !== 0) {
    throw preprocessor.mismatch('padding_value', '0', preprocessor.optionalNumber('padding_value'))
  }
  switch (type) {
    case 'WhisperFeatureExtractor':
      return {
        kind: 'whisper-log-mel',
        parameters: {
          melBins: preprocessor.integer('feature_size', 1),
          fftLength: preprocessor.integer('n_fft', 2),
          hopLength: preprocessor.integer('hop_length', 1),
          sampleRateHz
        }
      }
    case 'Wav2Vec2FeatureExtractor':
      // The public default of a missing key is true.
      return { kind: 'raw-waveform', normalize: preprocessor.optionalBoolean('do_normalize') ?? true }
    default:
      throw preprocessor.mismatch(
        'feature_extractor_type',
        'WhisperFeatureExtractor or Wav2Vec2FeatureExtractor',
        type
      )
  }
}

/** Whisper's extractor fills whole chunks of 30 s unless told otherwise; raw audio is not padded. */
function readPadding(preprocessor: JsonFields, frontEnd: FrontEnd, sampleRateHz: number): number {
  const multiple = preprocessor.optionalInteger('pad_to_multiple_of_samples', 1)
  const fillsChunk =
    preprocessor.optionalBoolean('pad_to_chunk_length') ??
    (frontEnd.kind === 'whisper-log-mel' && multiple === undefined)
  return fillsChunk ? preprocessor.integer('chunk_length', 1) * sampleRateHz : (multiple ?? 1)
}

/** Samples that the convolutions over the waveform need for one frame, 1 + Σ (kernel_i - 1) · Π_{j<i} stride_j. */
function receptiveField(config: JsonFields): number {
  const kernels = config.optionalPositiveIntegers('conv_kernel') ?? []
  const strides = config.optionalPositiveIntegers('conv_stride') ?? []
  let field = 1
  let stride = 1
  kernels.forEach((kernel, layer) => {
    field += (kernel - 1) * stride
    stride *= strides[layer] ?? 1
  })
  return field
}
