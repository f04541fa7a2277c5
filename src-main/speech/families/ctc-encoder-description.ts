/**
 * Reads a CTC model in the Hugging Face layout: config.json, preprocessor_config.json, vocab.json beside the graph.
 *
 * Keys that Lathe adds to the public ones: `ctc_blank_id` (config.json), `pad_to_multiple_of_samples` and
 * `pad_to_chunk_length` (preprocessor_config.json); a folder without them follows the public defaults.
 */
import { WorkbenchError } from '@contract/errors'
import type { JsonFields } from '../json-fields'
import { parseCtcVocabulary, type CtcVocabulary } from '../text/ctc-vocabulary'
import type { CtcEncoderDescription, FrontEnd } from './family'
import { readModelJson, readModelText, type ModelFolder } from './model-folder'
import { formatValue, type ModelInterface, type ModelValue } from './model-interface'

/** Files that a copy of the model needs, or by its licence must keep. */
const sidecarNames = [
  'config.json',
  'preprocessor_config.json',
  'vocab.json',
  'added_tokens.json',
  'special_tokens_map.json',
  'tokenizer_config.json',
  'tokenizer.json',
  'LICENSE',
  'LICENSE.md',
  'LICENSE.txt',
  'NOTICE'
] as const

/** @throws WorkbenchError `unsupported-model`, see `recognizeFamily`. */
export async function describeCtcEncoder(
  folder: ModelFolder,
  config: JsonFields,
  graph: ModelInterface
): Promise<CtcEncoderDescription> {
  const preprocessor = await readModelJson(folder, 'preprocessor_config.json')
  const sampleRateHz = preprocessor.integer('sampling_rate', 1)
  const frontEnd = readFrontEnd(preprocessor, sampleRateHz)
  const classes = config.integer('vocab_size', 2)
  const input = findInput(folder, graph, frontEnd)
  const output = findOutput(folder, graph, classes)
  const samplesPerFrame = config.optionalInteger('inputs_to_logits_ratio', 1) ?? strideOfConvolutions(config)
  const positions = config.optionalInteger('max_source_positions', 1)
  const padToMultipleOfSamples = readPadding(preprocessor, frontEnd, sampleRateHz)
  const fixedSamples = readFixedLength(folder, input, frontEnd, padToMultipleOfSamples)
  const positionSamples =
    positions === undefined || samplesPerFrame === undefined ? undefined : positions * samplesPerFrame
  return {
    family: 'ctc-encoder',
    name: folder.name,
    modelFile: folder.modelFile,
    frontEnd,
    inputName: input.name,
    outputName: output.name,
    sampleRateHz,
    padToMultipleOfSamples,
    minimumSamples: minimumSamples(config, frontEnd),
    maximumSamples: fixedSamples ?? positionSamples,
    framesPerSecond: samplesPerFrame === undefined ? undefined : sampleRateHz / samplesPerFrame,
    vocabulary: await readVocabulary(folder, config, classes),
    sidecars: sidecarNames.filter((fileName) => folder.has(fileName))
  }
}

function readFrontEnd(preprocessor: JsonFields, sampleRateHz: number): FrontEnd {
  const type = preprocessor.string('feature_extractor_type')
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

function findInput(folder: ModelFolder, graph: ModelInterface, frontEnd: FrontEnd): ModelValue {
  const expected =
    frontEnd.kind === 'whisper-log-mel'
      ? `[batch, ${frontEnd.parameters.melBins}, frames]`
      : '[batch, samples]'
  const [input, ...others] = graph.inputs
  const fits =
    input !== undefined &&
    others.length === 0 &&
    input.dataType === 'float32' &&
    (input.dims === undefined ||
      (frontEnd.kind === 'whisper-log-mel'
        ? input.dims.length === 3 &&
          isSize(input.dims[0], 1) &&
          isSize(input.dims[1], frontEnd.parameters.melBins)
        : input.dims.length === 2 && isSize(input.dims[0], 1)))
  if (!fits) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' takes ${formatValues(graph.inputs)}, expected one float32 input ${expected}.`
    )
  }
  return input
}

/** `logits`, or the only output. */
function findOutput(folder: ModelFolder, graph: ModelInterface, classes: number): ModelValue {
  const output =
    graph.outputs.length === 1 ? graph.outputs[0] : graph.outputs.find(({ name }) => name === 'logits')
  const fits =
    output?.dataType === 'float32' &&
    (output.dims === undefined || (output.dims.length === 3 && isSize(output.dims[2], classes)))
  if (!fits) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' gives ${formatValues(graph.outputs)}, expected float32 logits [batch, frames, ${classes}] as vocab_size in config.json says.`
    )
  }
  return output
}

/** A dimension that is open, or fixed to the size wanted. */
function isSize(dim: number | string | undefined, size: number): boolean {
  return typeof dim !== 'number' || dim === size
}

function formatValues(values: readonly ModelValue[]): string {
  return values.length === 0 ? 'nothing' : values.map(formatValue).join(' and ')
}

/** Samples that a graph exported for one length takes; it only works when padding gives exactly that many. */
function readFixedLength(
  folder: ModelFolder,
  input: ModelValue,
  frontEnd: FrontEnd,
  padToMultipleOfSamples: number
): number | undefined {
  const length = input.dims?.at(-1)
  if (typeof length !== 'number') return undefined
  const samples = frontEnd.kind === 'whisper-log-mel' ? length * frontEnd.parameters.hopLength : length
  if (samples !== padToMultipleOfSamples) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' takes exactly ${samples} samples, but its audio is padded to a multiple of ${padToMultipleOfSamples}; expected a graph with a free length.`
    )
  }
  return samples
}

/** Samples per frame of a stack of convolutions: the product of its strides. */
function strideOfConvolutions(config: JsonFields): number | undefined {
  return config.optionalPositiveIntegers('conv_stride')?.reduce((product, stride) => product * stride, 1)
}

/**
 * Log-mel: the mirror at the ends needs more than half a frame, and one hop gives the first frame. Raw audio: the
 * receptive field of the convolutions, 1 + Σ (kernel_i - 1) · Π_{j<i} stride_j.
 */
function minimumSamples(config: JsonFields, frontEnd: FrontEnd): number {
  if (frontEnd.kind === 'whisper-log-mel') {
    return Math.max(frontEnd.parameters.fftLength / 2 + 1, frontEnd.parameters.hopLength)
  }
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

async function readVocabulary(
  folder: ModelFolder,
  config: JsonFields,
  classes: number
): Promise<CtcVocabulary> {
  const tokenizer = folder.has('tokenizer_config.json')
    ? await readModelJson(folder, 'tokenizer_config.json')
    : undefined
  return parseCtcVocabulary({
    vocabularyText: await readModelText(folder, 'vocab.json'),
    addedTokensText: folder.has('added_tokens.json') ? await folder.readText('added_tokens.json') : undefined,
    classes,
    blankId: config.optionalInteger('ctc_blank_id', 0) ?? config.optionalInteger('pad_token_id', 0),
    wordDelimiter:
      config.optionalString('word_delimiter_token') ?? tokenizer?.optionalString('word_delimiter_token'),
    modelName: folder.name
  })
}
