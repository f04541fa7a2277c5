/** Hostile text files: manifests, configurations, vocabularies, recipes and plans, damaged as text, as tables and as JSON. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { recognizeDataset } from '../../../src-main/speech/datasets/recognize-dataset'
import { recognizeFamily } from '../../../src-main/speech/families/recognize'
import { parseOpenAsrResults } from '../../../src-main/speech/datasets/open-asr-results'
import { parsePlanFile } from '../../../src-main/compression/plan-json'
import { parseRecipe } from '../../../src-main/services/read-recipe'
import { canonicalJson } from '../../../src-main/base/canonical-json'
import { createPrng, type Prng } from '../../../src-main/base/prng'
import { floatValue, graphOf, memoryModelFolder } from '../../helpers/memory-model-folder'
import { memoryDataFolder } from '../../helpers/memory-data-folder'
import type { HostileCase } from './fuzz'
import { byteMutations, pick } from './mutate-bytes'

/** A kind of text file: a valid one, and what reads it. */
export interface TextKind {
  readonly name: string
  readonly text: string
  readonly read: (text: string) => unknown
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** Characters by which one mutation may lengthen a text. */
const largestText = 2e6

/** A data set of a folder with that file beside two recordings. */
function datasetKind(name: string, text: string, others: Readonly<Record<string, string>> = {}): TextKind {
  return {
    name,
    text,
    read: (hostile) =>
      recognizeDataset({
        folder: memoryDataFolder({ 'a.wav': '', 'b.wav': '', 'clips/a.mp3': '', ...others, [name]: hostile }),
        ...(/\.(jsonl|csv|tsv)$/u.test(name) ? { file: name } : {})
      })
  }
}

const graph = graphOf(
  [floatValue('input_features', 'batch', 80, 'frames')],
  [floatValue('logits', 'batch', 'frames', 'classes')]
)

const modelFiles: Readonly<Record<string, string>> = {
  'config.json':
    '{"architectures":["TinyForCTC"],"vocab_size":3,"ctc_blank_id":0,"inputs_to_logits_ratio":320,"conv_stride":[2,2]}',
  'preprocessor_config.json':
    '{"feature_extractor_type":"WhisperFeatureExtractor","sampling_rate":16000,"feature_size":80,"n_fft":400,"hop_length":160,"pad_to_multiple_of_samples":320}',
  'vocab.json': '{"<pad>":0,"|":1,"a":2}',
  'tokenizer_config.json': '{"pad_token":"<pad>","do_lower_case":true,"word_delimiter_token":"|"}',
  'added_tokens.json': '{"<s>":3}'
}

const describedFiles: Readonly<Record<string, string>> = {
  'lathe-model.json':
    '{"family":"ctc-encoder","sampleRateHz":16000,"frontEnd":{"kind":"kaldi-fbank","melBins":80,"frameLength":400,"hopLength":160},"tokens":"tokens.txt","blank":0,"padToMultipleOfSamples":320}',
  'tokens.txt': '<blk> 0\n▁a 1\nb 2\n'
}

const describedGraph = graphOf(
  [floatValue('x', 'batch', 'frames', 80)],
  [floatValue('logits', 'batch', 'frames', 'classes')]
)

function modelKind(name: string, files: Readonly<Record<string, string>>, shape = graph): TextKind {
  return {
    name,
    text: files[name] ?? '',
    read: (hostile) => recognizeFamily(memoryModelFolder({ ...files, [name]: hostile }), shape)
  }
}

const recipeText = readFileSync(
  resolve(import.meta.dirname, '../../../resources/recipes/compression-methods.json'),
  'utf8'
)

const plan = {
  planVersion: 1,
  modelHash: 'ab'.repeat(32),
  policy: { name: 'uniform', version: 1 },
  budget: null,
  predicted: null,
  layers: [{ layerId: 'fc1', inFeatures: 8, outFeatures: 8, rank: 2 }]
}

export const textKinds: readonly TextKind[] = [
  datasetKind('manifest.jsonl', '{"audio_filepath":"a.wav","duration":1.5,"text":"one two"}\n{"audio_filepath":"b.wav","duration":2,"text":"three","offset":0.5}\n'),
  datasetKind('metadata.csv', 'file_name,transcription\na.wav,one two\nb.wav,"three, four"\n'),
  datasetKind('table.tsv', 'path\tsentence\nclips/a.mp3\tone two\n'),
  datasetKind('wav.scp', 'u1 a.wav\nu2 b.wav\n', { text: 'u1 one two\nu2 three\n' }),
  datasetKind('text', 'u1 one two\nu2 three\n', { 'wav.scp': 'u1 a.wav\nu2 b.wav\n' }),
  datasetKind('segments', 'u1 r1 0.0 1.0\nu2 r1 1.0 2.5\n', { 'wav.scp': 'r1 a.wav\n', text: 'u1 one two\nu2 three\n' }),
  datasetKind('1/2/1-2.trans.txt', '1-2-0000 ONE TWO\n1-2-0001 THREE\n', { '1/2/1-2-0000.flac': '', '1/2/1-2-0001.flac': '' }),
  ...Object.keys(modelFiles).map((name) => modelKind(name, modelFiles)),
  ...Object.keys(describedFiles).map((name) => modelKind(name, describedFiles, describedGraph)),
  modelKind('labels.txt', { 'labels.txt': 'yes\nno\nup\n' }, graphOf([floatValue('x', 'batch', 16000)], [floatValue('y', 'batch', 3)])),
  { name: 'recipe', text: recipeText, read: (text) => canonicalJson(parseRecipe(text, 'hostile')) },
  { name: 'plan', text: JSON.stringify(plan, null, 1), read: parsePlanFile },
  {
    name: 'results.jsonl',
    text: '{"audio_filepath":"sample_0","duration":1,"time":0.1,"text":"one","pred_text":"one"}\n',
    read: (text) => parseOpenAsrResults(text, 'results.jsonl')
  }
] // prettier-ignore

/** One of the usual numbers, and once in 50 times the large one, which takes long. */
function seldom(prng: Prng, usual: readonly number[], large: number): number {
  return prng.uniform() < 0.02 ? large : pick(prng, usual)
}

/** What a JSON value, a cell or a word may become. */
function hostileValue(prng: Prng): string {
  const depth = seldom(prng, [1, 10, 3000], 100_000)
  return pick(prng, [
    'null', 'true', '[]', '{}', '""', '-1', '0', '0.5', '1e999', '-1e999', '1e300', '4294967296', '9007199254740993', '5e8',
    '"__proto__"', '{"__proto__":{"x":1}}', '"constructor"', '"\\u0000"', '"\\ud800"', '"../../etc/passwd"', '"/dev/zero"',
    '"' + 'a'.repeat(seldom(prng, [1, 100], 100_000)) + '"', '['.repeat(depth) + ']'.repeat(depth),
    '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  ]) // prettier-ignore
}

type TextMutation = (text: string, prng: Prng) => readonly [text: string, what: string]

/** A literal of JSON, or a word of anything else. */
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|\w+/gu

const textMutations: readonly TextMutation[] = [
  (text, prng) => {
    const tokens = [...text.matchAll(token)]
    if (tokens.length === 0) return [text, 'nothing']
    const found = pick(prng, tokens)
    const value = hostileValue(prng)
    return [
      text.slice(0, found.index) + value + text.slice(found.index + found[0].length),
      `${found[0].slice(0, 30)} becomes ${value.slice(0, 30)} of ${value.length}`
    ]
  },
  (text, prng) => {
    // Another key beside those that are there.
    const at = text.indexOf('{') + 1
    const key = pick(prng, ['__proto__', 'constructor', 'toString', 'x', ''])
    const value = hostileValue(prng)
    return [`${text.slice(0, at)}"${key}":${value},${text.slice(at)}`, `'${key}' is ${value.slice(0, 30)}`]
  },
  (text, prng) => {
    const lines = text.split('\n')
    const at = prng.integer(lines.length)
    const count = Math.ceil(Math.min(seldom(prng, [2, 2, 50], 50_000), largestText / (lines[at]!.length + 1)))
    const repeated = Array.from({ length: count }, () => lines[at]!)
    return [[...lines.slice(0, at), ...repeated, ...lines.slice(at)].join('\n'), `line ${at} ${count} times`]
  },
  (text, prng) => {
    const lines = text.split('\n')
    const at = prng.integer(lines.length)
    const separator = pick(prng, [',', '\t', ' ', '"', ';'])
    const count = seldom(prng, [1, 10, 1000], 1_000_000)
    lines[at] += separator.repeat(count)
    return [lines.join('\n'), `${count} of '${separator}' at line ${at}`]
  },
  (text, prng) => {
    const ends = pick(prng, ['\r', '\r\n', '\n\n', '\0', '\u2028', '\ufeff'])
    return [text.replaceAll('\n', ends), `lines end in ${JSON.stringify(ends)}`]
  },
  (text, prng) => {
    const [bytes, what] = pick(prng, byteMutations)(encoder.encode(text), prng)
    return [decoder.decode(bytes), what]
  }
]

export interface HostileText extends HostileCase {
  readonly kind: TextKind
  readonly text: string
}

/** One hostile text file. The same seed gives the same. */
export function hostileText(seed: number): HostileText {
  const prng = createPrng(Math.imul(seed, 0x9e3779b1))
  prng.uniform()
  const kind = pick(prng, textKinds)
  let { text } = kind
  const story = [kind.name]
  for (let count = 1 + prng.integer(3); count > 0; count--) {
    const [changed, what] = pick(prng, textMutations)(text, prng)
    text = changed
    story.push(what)
  }
  return { kind, text, bytes: encoder.encode(text), story: story.join('; ') }
}
