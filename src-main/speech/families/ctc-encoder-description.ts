/**
 * Reads a CTC model in the Hugging Face layout: config.json, preprocessor_config.json, vocab.json beside the graph. Whisper
 * encoders with a head, wav2vec 2.0, HuBERT, WavLM, data2vec and others that hear the waveform.
 *
 * Lathe adds one key to the public ones: `ctc_blank_id` (config.json).
 */
import type { JsonFields } from '../json-fields'
import { parseCtcVocabulary, type CtcVocabulary } from '../text/ctc-vocabulary'
import type { CtcEncoderDescription } from './family'
import { findFixedSamples, findInputs, findOutput } from './graph-ports'
import { readHuggingFaceSound } from './hugging-face-front-end'
import { readModelJson, readModelText, type ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { findSidecars } from './sidecars'

/** @throws WorkbenchError `unsupported-model`, see `recognizeFamily`. */
export async function describeCtcEncoder(
  folder: ModelFolder,
  config: JsonFields,
  graph: ModelInterface
): Promise<CtcEncoderDescription> {
  const sound = await readHuggingFaceSound(folder, config)
  const { frontEnd, sampleRateHz, padToMultipleOfSamples } = sound
  const classes = config.integer('vocab_size', 2)
  const { input, companionInputs } = findInputs(folder, graph, frontEnd)
  const output = findOutput(folder, graph, {
    pattern: ['batch', 'frames', classes],
    source: 'vocab_size in config.json'
  })
  const samplesPerFrame = readSamplesPerFrame(config)
  const positions = config.optionalInteger('max_source_positions', 1)
  const fixedSamples = findFixedSamples(folder, input, frontEnd, padToMultipleOfSamples)
  const positionSamples =
    positions === undefined || samplesPerFrame === undefined ? undefined : positions * samplesPerFrame
  return {
    family: 'ctc-encoder',
    name: folder.name,
    modelFile: folder.modelFile,
    ...sound,
    inputName: input.name,
    companionInputs,
    outputName: output.name,
    maximumSamples: fixedSamples ?? positionSamples,
    longerAudio: 'refuse',
    framesPerSecond: samplesPerFrame === undefined ? undefined : sampleRateHz / samplesPerFrame,
    vocabulary: await readVocabulary(folder, config, classes),
    sidecars: findSidecars(folder)
  }
}

/**
 * Samples per frame of logits, when the configuration tells: the product of the strides of the convolutions, times the
 * squeezing of SEW and the strides of the adapter that wav2vec 2.0 may have on top.
 */
function readSamplesPerFrame(config: JsonFields): number | undefined {
  const told = config.optionalInteger('inputs_to_logits_ratio', 1)
  const strides = config.optionalPositiveIntegers('conv_stride')
  if (told !== undefined || strides === undefined) return told
  const squeezing = config.optionalInteger('squeeze_factor', 1) ?? 1
  const adapterLayers = config.optionalBoolean('add_adapter')
    ? (config.optionalInteger('num_adapter_layers', 0) ?? 0)
    : 0
  const adapterStride = config.optionalInteger('adapter_stride', 1) ?? 1
  return strides.reduce((product, stride) => product * stride, squeezing * adapterStride ** adapterLayers)
}

async function readVocabulary(
  folder: ModelFolder,
  config: JsonFields,
  classes: number
): Promise<CtcVocabulary> {
  const tokenizer = await readTokenizer(folder)
  return parseCtcVocabulary({
    ...tokenizer,
    vocabularyText: await readModelText(folder, 'vocab.json'),
    addedTokensText: folder.has('added_tokens.json') ? await folder.readText('added_tokens.json') : undefined,
    classes,
    blankId: config.optionalInteger('ctc_blank_id', 0) ?? config.optionalInteger('pad_token_id', 0),
    wordDelimiter: config.optionalString('word_delimiter_token') ?? tokenizer.wordDelimiter,
    modelName: folder.name
  })
}

interface TokenizerFacts {
  readonly padToken: string | undefined
  readonly specialTokens: readonly string[]
  readonly wordDelimiter: string | undefined
  readonly lowerCase: boolean
}

/** tokenizer_config.json and special_tokens_map.json, where they are present; the first one counts. */
async function readTokenizer(folder: ModelFolder): Promise<TokenizerFacts> {
  const files: JsonFields[] = []
  for (const fileName of ['tokenizer_config.json', 'special_tokens_map.json']) {
    if (folder.has(fileName)) files.push(await readModelJson(folder, fileName))
  }
  const first = <T>(read: (fields: JsonFields) => T | undefined): T | undefined =>
    files.map(read).find((value) => value !== undefined)
  const keys = ['pad_token', 'bos_token', 'eos_token', 'unk_token'] as const
  const [padToken, ...others] = keys.map((key) => first((fields) => readToken(fields, key)))
  return {
    padToken,
    specialTokens: others.filter((token) => token !== undefined),
    wordDelimiter: first((fields) => fields.optionalString('word_delimiter_token')),
    lowerCase: first((fields) => fields.optionalBoolean('do_lower_case')) ?? false
  }
}

/** A token is written as itself or as an object with its `content`. */
function readToken(fields: JsonFields, key: string): string | undefined {
  const isObject = fields.entries().some(([name, value]) => name === key && typeof value === 'object')
  return isObject ? fields.optionalObject(key)?.string('content') : fields.optionalString(key)
}
