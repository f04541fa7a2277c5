import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  floatValue,
  graphOf,
  integerValue,
  memoryModelFolder,
  type FolderFiles
} from '../../../tests/helpers/memory-model-folder'
import type { ModelInterface } from './model-interface'
import { recognizeFamily } from './recognize'

const keyword = {
  family: 'audio-classifier',
  sampleRateHz: 8000,
  frontEnd: { kind: 'raw-waveform' },
  labels: 'classes.txt',
  padToMultipleOfSamples: 8000
}
const keywordGraph = graphOf([floatValue('audio', 1, 8000)], [floatValue('scores', 1, 2)])

const ctc = {
  family: 'ctc-encoder',
  sampleRateHz: 16000,
  frontEnd: { kind: 'kaldi-fbank', melBins: 40, highFrequencyHz: 7800, snipEdges: false },
  tokens: 'units.txt',
  samplesPerFrame: 640
}
const ctcGraph = graphOf(
  [floatValue('speech', 'b', 't', 40), integerValue('speech_lengths', 'b')],
  [floatValue('ctc', 'b', 't', 3), floatValue('attention', 'b', 't', 3)]
)

const files: FolderFiles = {
  'classes.txt': 'yes\nno\n',
  'units.txt': '<blank> 0\n▁a 1\nb 2\n',
  'letters.json': { _: 0, a: 1, b: 2 },
  'config.json': { architectures: ['WhisperForCTC'] }
}

function recognize(description: unknown, graph: ModelInterface, others: FolderFiles = {}) {
  const text = typeof description === 'string' ? description : JSON.stringify(description)
  return recognizeFamily(memoryModelFolder({ ...files, ...others, 'lathe-model.json': text }), graph)
}

describe('lathe-model.json', () => {
  it('describes a classifier', async () => {
    expect(await recognize({ ...keyword, scores: 'probabilities' }, keywordGraph)).toEqual({
      family: 'audio-classifier',
      name: 'tiny',
      modelFile: 'model.onnx',
      frontEnd: { kind: 'raw-waveform', normalize: false },
      inputName: 'audio',
      companionInputs: [],
      outputName: 'scores',
      sampleRateHz: 8000,
      padToMultipleOfSamples: 8000,
      minimumSamples: 1,
      maximumSamples: 8000,
      longerAudio: 'crop',
      labels: ['yes', 'no'],
      scores: 'probabilities',
      sidecars: ['lathe-model.json', 'config.json', 'units.txt', 'classes.txt']
    })
  })

  it('describes a CTC model, its output named, its length recognised', async () => {
    expect(await recognize({ ...ctc, output: 'ctc' }, ctcGraph)).toMatchObject({
      family: 'ctc-encoder',
      frontEnd: {
        kind: 'kaldi-fbank',
        parameters: {
          melBins: 40,
          sampleRateHz: 16000,
          frameLength: 400,
          hopLength: 160,
          lowFrequencyHz: 20,
          highFrequencyHz: 7800,
          sampleScale: 1,
          snipEdges: false
        }
      },
      inputName: 'speech',
      companionInputs: [{ name: 'speech_lengths', kind: 'length', dataType: 'int64' }],
      outputName: 'ctc',
      framesPerSecond: 25,
      vocabulary: { tokens: ['<blank>', '▁a', 'b'], blankId: 0, wordMarker: '▁' }
    })
  })

  it('reads vocabularies of JSON, with blank and delimiter', async () => {
    const description = {
      ...ctc,
      tokens: undefined,
      vocabulary: 'letters.json',
      blank: 0,
      wordDelimiter: '_',
      output: 'ctc'
    }
    expect(await recognize(description, ctcGraph)).toMatchObject({
      vocabulary: { tokens: ['_', 'a', 'b'], blankId: 0, wordDelimiter: '_' },
      sidecars: ['lathe-model.json', 'config.json', 'units.txt', 'letters.json']
    })
  })

  it('names inputs that are not recognised', async () => {
    const inputs = [floatValue('speech', 'b', 't', 40), integerValue('n', 'b'), integerValue('m', 'b', 't')]
    const description = { ...ctc, output: 'ctc', input: 'speech', lengthInput: 'n', maskInput: 'm' }
    expect(await recognize(description, { ...ctcGraph, inputs })).toMatchObject({
      companionInputs: [
        { name: 'n', kind: 'length' },
        { name: 'm', kind: 'mask' }
      ]
    })
  })

  it.each([
    [
      'whisper-log-mel',
      { melBins: 40 },
      { melBins: 40, fftLength: 400, hopLength: 160, sampleRateHz: 16000 }
    ],
    [
      'nemo-log-mel',
      { melBins: 40, normalize: 'none', windowLength: 320 },
      {
        melBins: 40,
        sampleRateHz: 16000,
        fftLength: 512,
        windowLength: 320,
        hopLength: 160,
        normalize: 'none'
      }
    ]
  ])('fills in what %s usually has', async (kind, given, parameters) => {
    const graph = graphOf([floatValue('x', 'b', 40, 't')], [floatValue('y', 'b', 't', 3)])
    expect(await recognize({ ...ctc, frontEnd: { kind, ...given } }, graph)).toMatchObject({
      frontEnd: { kind, parameters }
    })
  })

  it.each<[string, unknown, ModelInterface, string]>([
    ['text that is not JSON', '{', ctcGraph, "lathe-model.json of 'tiny' is not JSON, expected an object"],
    [
      'no family',
      { ...ctc, family: undefined },
      ctcGraph,
      "lathe-model.json of 'tiny' has no 'family', expected one of: ctc-encoder, audio-classifier."
    ],
    [
      'an unknown family',
      { ...ctc, family: 'transducer' },
      ctcGraph,
      `lathe-model.json of 'tiny' has 'family' = "transducer", expected one of: ctc-encoder, audio-classifier.`
    ],
    [
      'a misspelt key',
      { ...keyword, label: 'classes.txt' },
      keywordGraph,
      "lathe-model.json of 'tiny' has 'label', which means nothing there; expected only: family, sampleRateHz,"
    ],
    [
      'a key of the other family',
      { ...keyword, tokens: 'units.txt' },
      keywordGraph,
      "lathe-model.json of 'tiny' has 'tokens', which means nothing there"
    ],
    [
      'no sample rate',
      { ...keyword, sampleRateHz: undefined },
      keywordGraph,
      "lathe-model.json of 'tiny' has no 'sampleRateHz', expected a whole number."
    ],
    [
      'no front end',
      { ...keyword, frontEnd: undefined },
      keywordGraph,
      "lathe-model.json of 'tiny' has no 'frontEnd', expected an object."
    ],
    [
      'an unknown front end',
      { ...keyword, frontEnd: { kind: 'mfcc' } },
      keywordGraph,
      `'frontEnd' in lathe-model.json of 'tiny' has 'kind' = "mfcc", expected one of: raw-waveform, whisper-log-mel, nemo-log-mel, kaldi-fbank.`
    ],
    [
      'a misspelt key of the front end',
      { ...keyword, frontEnd: { kind: 'raw-waveform', normalise: true } },
      keywordGraph,
      "'frontEnd' in lathe-model.json of 'tiny' has 'normalise', which means nothing there; expected only: kind, normalize."
    ],
    [
      'parameters that do not go together',
      { ...ctc, output: 'ctc', frontEnd: { kind: 'kaldi-fbank', melBins: 40, highFrequencyHz: 9000 } },
      ctcGraph,
      "'frontEnd' in lathe-model.json of 'tiny' does not work: Kaldi filter banks need"
    ],
    [
      'a file that is not there',
      { ...keyword, labels: 'names.txt' },
      keywordGraph,
      `lathe-model.json of 'tiny' has 'labels' = "names.txt", expected the name of a file beside model.onnx.`
    ],
    [
      'a path',
      { ...keyword, labels: '../classes.txt' },
      keywordGraph,
      `has 'labels' = "../classes.txt", expected the name of a file beside model.onnx.`
    ],
    [
      'no tokens',
      { ...ctc, tokens: undefined, output: 'ctc' },
      ctcGraph,
      "lathe-model.json of 'tiny' has no 'tokens', expected a string."
    ],
    [
      'tokens and a vocabulary',
      { ...ctc, vocabulary: 'letters.json', output: 'ctc' },
      ctcGraph,
      `has 'vocabulary' = "letters.json", expected to be left out beside 'tokens'.`
    ],
    [
      'an output that the graph has not',
      { ...ctc, output: 'logits' },
      ctcGraph,
      `lathe-model.json of 'tiny' has 'output' = "logits", expected one of the outputs of model.onnx: ctc, attention.`
    ],
    [
      'an input that the graph has not',
      { ...keyword, input: 'x' },
      keywordGraph,
      `lathe-model.json of 'tiny' has 'input' = "x", expected one of the inputs of model.onnx: audio.`
    ],
    [
      'a length that padding does not give',
      { ...keyword, padToMultipleOfSamples: 4000 },
      keywordGraph,
      "model.onnx of 'tiny' takes exactly 8000 samples, but its audio is padded to a multiple of 4000 samples"
    ]
  ])('refuses %s', async (_, description, graph, message) => {
    await expect(recognize(description, graph)).rejects.toMatchObject({ code: 'unsupported-model' })
    await expect(recognize(description, graph)).rejects.toThrow(message)
  })
})

describe('the examples of docs/model-description.md', () => {
  const document = readFileSync(new URL('../../../docs/model-description.md', import.meta.url), 'utf8')
  const examples = [...document.matchAll(/```json\n(.*?)```/gsu)].map(([, text]) => text!)

  it('are four', () => expect(examples).toHaveLength(4))

  it.each(examples.map((text, index) => [index, text] as const))(
    'example %d is accepted',
    async (_, text) => {
      const { frontEnd } = JSON.parse(text) as { frontEnd: { kind: string; melBins?: number } }
      const isClassifier = text.includes('audio-classifier')
      const features = {
        'raw-waveform': ['b', 16000],
        'whisper-log-mel': ['b', 80, 't'],
        'nemo-log-mel': ['b', 128, 't'],
        'kaldi-fbank': ['b', 't', 80]
      }[frontEnd.kind]!
      const inputs = [floatValue('features', ...features)]
      const length = frontEnd.kind === 'nemo-log-mel' ? [integerValue('n', 'b')] : []
      const output = floatValue('scores', ...(isClassifier ? ['b', 2] : ['b', 't', 3]))
      const beside = {
        'labels.txt': 'yes\nno',
        'tokens.txt': '▁a 0\nb 1\n<blk> 2',
        'vocab.json': { '<pad>': 0, '|': 1, a: 2 }
      }
      expect(await recognize(text, graphOf([...inputs, ...length], [output]), beside)).toMatchObject({
        frontEnd: { kind: frontEnd.kind }
      })
    }
  )
})
