import { describe, expect, it } from 'vitest'
import type { InferenceBackend, InferenceSession, RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import { openCtcEncoder } from './ctc-encoder'
import type { CtcEncoderDescription } from './family'

const description: CtcEncoderDescription = {
  family: 'ctc-encoder',
  name: 'tiny',
  modelFile: 'model.onnx',
  frontEnd: { kind: 'raw-waveform', normalize: true },
  inputName: 'input_values',
  companionInputs: [],
  outputName: 'logits',
  sampleRateHz: 10,
  padToMultipleOfSamples: 4,
  minimumSamples: 5,
  maximumSamples: 12,
  longerAudio: 'refuse',
  framesPerSecond: 10,
  vocabulary: {
    tokens: ['<pad>', '|', 'a'],
    blankId: 0,
    wordDelimiter: '|',
    wordMarker: undefined,
    lowerCase: false,
    specialIds: new Set([0])
  },
  sidecars: []
}

const logMel: CtcEncoderDescription = {
  ...description,
  frontEnd: {
    kind: 'whisper-log-mel',
    parameters: { melBins: 4, fftLength: 64, hopLength: 2, sampleRateHz: 16000 }
  }
}

function audio(length: number, sampleRateHz = 10): Audio {
  const samples = Float32Array.from({ length }, (_, t) => t + 1)
  return { samples, sampleRateHz, channelCount: 1, durationSeconds: length / sampleRateHz }
}

/** Hands its input on, and notes what it got and whether it was released. */
class EchoSession implements InferenceSession {
  readonly inputs = []
  readonly outputNames
  readonly fed: RuntimeTensor[] = []
  released = 0
  readonly #answer: (fed: RuntimeTensor) => RuntimeTensor

  constructor(output: string, answer: (fed: RuntimeTensor) => RuntimeTensor) {
    this.outputNames = [output]
    this.#answer = answer
  }

  async run(feeds: Readonly<Record<string, RuntimeTensor>>) {
    const [fed] = Object.values(feeds)
    if (fed === undefined) throw new Error('nothing was fed')
    this.fed.push(fed)
    return { [this.outputNames[0]!]: this.#answer(fed) }
  }

  async release() {
    this.released += 1
  }
}

/** One frame of logits for `a`, `|`, `a`. */
const spoken: RuntimeTensor = {
  dataType: 'float32',
  dims: [1, 3, 3],
  data: Float32Array.of(0, 0, 1, 0, 1, 0, 0, 0, 1)
}

async function open(options: { description?: CtcEncoderDescription; logits?: RuntimeTensor } = {}) {
  const frontEnd = new EchoSession('features', (fed) => fed)
  const model = new EchoSession('logits', () => options.logits ?? spoken)
  const sessions = [frontEnd, model]
  const backend: InferenceBackend = { description: 'echo', open: async () => sessions.shift()! }
  let now = 0
  const clock = { nowMilliseconds: () => (now += 2 ** (now % 8)) }
  const recognizer = await openCtcEncoder(
    backend,
    options.description ?? description,
    { kind: 'file', path: 'model.onnx' },
    { threads: 1, clock }
  )
  return { recognizer, frontEnd, model }
}

describe('openCtcEncoder', () => {
  it('transcribes and times each step with the clock given', async () => {
    const { recognizer } = await open()
    // The clock reads 1, 3, 11, 19.
    expect(await recognizer.transcribe(audio(6))).toEqual({
      text: 'a a',
      timings: { featuresMilliseconds: 2, modelMilliseconds: 8, decodeMilliseconds: 8 }
    })
  })

  it('shows a raw-audio front end the sound alone and pads what it gives', async () => {
    const { recognizer, frontEnd } = await open()
    const input = await recognizer.computeInput(audio(6))
    expect(frontEnd.fed[0]?.dims).toEqual([1, 6])
    expect(input).toEqual({
      dataType: 'float32',
      dims: [1, 8],
      data: Float32Array.of(1, 2, 3, 4, 5, 6, 0, 0)
    })
  })

  it('pads before a log-mel front end', async () => {
    const { recognizer, frontEnd } = await open({ description: logMel })
    await recognizer.computeInput(audio(6))
    expect(frontEnd.fed[0]).toMatchObject({ dims: [1, 8], data: Float32Array.of(1, 2, 3, 4, 5, 6, 0, 0) })
  })

  it('adds nothing to a length that is a multiple already', async () => {
    const { recognizer } = await open({ description: logMel })
    expect(recognizer.prepare(audio(8)).length).toBe(8)
  })

  it('refuses another sample rate', async () => {
    const { recognizer } = await open()
    expect(() => recognizer.prepare(audio(8, 44100))).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: "'tiny' hears audio at 10 Hz, got 44100 Hz; convert the file to 10 Hz."
      }) as Error
    )
  })

  it('refuses audio outside the lengths that the model can hear, counted after padding', async () => {
    const { recognizer } = await open()
    const message = (length: number) =>
      `'tiny' hears utterances of 0.5 s to 1.2 s, got ${length} s after padding; cut the recording accordingly.`
    expect(() => recognizer.prepare(audio(4))).toThrow(message(0.4))
    expect(() => recognizer.prepare(audio(13))).toThrow(message(1.6))
    expect(() => recognizer.prepare(audio(12))).not.toThrow()
  })

  it.each<[string, RuntimeTensor]>([
    ['another number of classes', { dataType: 'float32', dims: [1, 1, 4], data: new Float32Array(4) }],
    ['a batch', { dataType: 'float32', dims: [2, 1, 3], data: new Float32Array(6) }],
    ['another type', { dataType: 'int32', dims: [1, 1, 3], data: new Int32Array(3) }]
  ])('refuses logits of %s', async (_, logits) => {
    const { recognizer } = await open({ logits })
    await expect(recognizer.transcribe(audio(8))).rejects.toMatchObject({
      code: 'unsupported-model',
      message: `'tiny' gave ${logits.dataType} logits [${logits.dims.join(', ')}], expected float32 [1, frames, 3].`
    })
  })

  it('recognizes like any family, which is the same text', async () => {
    const { recognizer } = await open()
    expect(await recognizer.recognize(audio(6))).toMatchObject({
      interpretation: { kind: 'text', text: 'a a' },
      timings: { modelMilliseconds: 8 }
    })
  })

  it('refuses a model of another family', async () => {
    const classifier = {
      ...description,
      family: 'audio-classifier',
      labels: ['yes'],
      scores: 'logits'
    } as const
    const backend: InferenceBackend = {
      description: 'unused',
      open: () => Promise.reject(new Error('nothing is to be opened'))
    }
    const options = { threads: 1, clock: { nowMilliseconds: () => 0 } }
    const source = { kind: 'file', path: 'model.onnx' } as const
    await expect(openCtcEncoder(backend, classifier, source, options)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: "'tiny' is of the family audio-classifier, expected ctc-encoder: it gives labels, not text."
    })
  })

  it('releases both sessions', async () => {
    const { recognizer, frontEnd, model } = await open()
    await recognizer.release()
    expect([frontEnd.released, model.released]).toEqual([1, 1])
  })

  it('releases the front end when the model does not load', async () => {
    const frontEnd = new EchoSession('features', (fed) => fed)
    let opened = 0
    const backend: InferenceBackend = {
      description: 'half',
      open: async () => {
        if (opened++ > 0) throw new Error('does not load')
        return frontEnd
      }
    }
    const clock = { nowMilliseconds: () => 0 }
    const source = { kind: 'file', path: 'model.onnx' } as const
    await expect(openCtcEncoder(backend, description, source, { threads: 1, clock })).rejects.toThrow(
      'does not load'
    )
    expect(frontEnd.released).toBe(1)
  })
})
