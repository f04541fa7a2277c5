/**
 * Reads CTC models that NVIDIA NeMo exported: a graph `audio_signal` [batch, melBins, frames], `length` [batch] →
 * `logprobs`, a tokens file, and, as sherpa-onnx distributes them, `metadata_props`: `normalize_type`,
 * `subsampling_factor`, sometimes `sample_rate`, `window_size`, `window_stride` (seconds) and `n_fft`.
 *
 * What the metadata leave open follows NeMo's defaults: 16 kHz, windows of 25 ms every 10 ms, per-feature normalization.
 * Source: k2-fsa/sherpa-onnx, scripts/nemo; NVIDIA NeMo, AudioToMelSpectrogramPreprocessor.
 */
import { WorkbenchError } from '@contract/errors'
import type { NemoLogMelParameters } from '../features/nemo-log-mel'
import type { CtcEncoderDescription } from './family'
import { MetadataFields } from './metadata-fields'
import type { ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { describeTokensCtc } from './tokens-ctc-description'

const usualMelBins = 80

/** @throws WorkbenchError `unsupported-model`, see `recognizeFamily`. */
export async function describeNemoCtc(
  folder: ModelFolder,
  graph: ModelInterface
): Promise<CtcEncoderDescription> {
  const metadata = new MetadataFields(graph.metadata, folder)
  // GigaAM uses NeMo's name for its model type, but features of its own.
  if (metadata.optionalNumber('is_giga_am') === 1) {
    throw new WorkbenchError(
      'unsupported-model',
      `'${folder.name}' is a GigaAM model ('is_giga_am' in its metadata), and Lathe does not compute its features; expected a model that NeMo exported.`
    )
  }
  const parameters = readParameters(metadata, graph)
  const subsampling = metadata.optionalInteger('subsampling_factor', 1)
  const samplesPerFrame = subsampling === undefined ? undefined : subsampling * parameters.hopLength
  return describeTokensCtc(folder, graph, {
    frontEnd: { kind: 'nemo-log-mel', parameters },
    sampleRateHz: parameters.sampleRateHz,
    samplesPerFrame,
    ...(samplesPerFrame === undefined ? {} : { minimumSamples: samplesPerFrame })
  })
}

function readParameters(metadata: MetadataFields, graph: ModelInterface): NemoLogMelParameters {
  const sampleRateHz = metadata.optionalInteger('sample_rate', 1) ?? 16000
  const windowLength = Math.round(readSeconds(metadata, 'window_size', 0.025) * sampleRateHz)
  const signal = graph.inputs.find(({ dataType, dims }) => dataType === 'float32' && dims?.length === 3)
  const graphMelBins = signal?.dims?.[1]
  return {
    melBins:
      typeof graphMelBins === 'number'
        ? graphMelBins
        : (metadata.optionalInteger('feat_dim', 1) ?? usualMelBins),
    sampleRateHz,
    fftLength: metadata.optionalInteger('n_fft', 2) ?? 2 ** Math.ceil(Math.log2(windowLength)),
    windowLength,
    hopLength: Math.round(readSeconds(metadata, 'window_stride', 0.01) * sampleRateHz),
    normalize: readNormalization(metadata)
  }
}

/** Exports of streaming models count frames under the same names: a window is never as long as a second. */
function readSeconds(metadata: MetadataFields, key: string, usual: number): number {
  const seconds = metadata.optionalNumber(key) ?? usual
  if (seconds <= 0 || seconds >= 1) throw metadata.mismatch(key, 'seconds, above 0 and below 1')
  return seconds
}

/** NeMo writes `NA` for no normalization and sherpa-onnx an empty text; a graph without metadata follows the default. */
function readNormalization(metadata: MetadataFields): NemoLogMelParameters['normalize'] {
  const type = metadata.optionalText('normalize_type')
  switch (type) {
    case undefined:
    case 'per_feature':
      return 'per-feature'
    case '':
    case 'NA':
      return 'none'
    default:
      throw metadata.mismatch('normalize_type', "'per_feature' or nothing")
  }
}
