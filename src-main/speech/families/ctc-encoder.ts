/**
 * Drives encoders with a CTC head: sound, front end (an ONNX graph), model, greedy decoding.
 *
 * Opens two sessions, so only an engine process may call it.
 */
import { WorkbenchError } from '@contract/errors'
import type { Clock } from '../../base/clock'
import { encodeModel } from '../../onnx/serde/encode-model'
import type {
  InferenceBackend,
  InferenceSession,
  ModelSource,
  RuntimeTensor
} from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import { ctcGreedy, tokensToText, type CtcLogits } from '../decode/ctc-greedy'
import { rawWaveformModel } from '../features/raw-waveform'
import { whisperLogMelModel } from '../features/whisper-log-mel'
import type { CtcEncoderDescription, CtcRecognizer, FrontEnd, Recognition } from './family'

export interface CtcEncoderOptions {
  /** For both sessions. */
  readonly threads: number
  readonly clock: Clock
}

/**
 * Opens the model of `modelSource` with the front end and vocabulary of `description`.
 *
 * The source may be a compressed copy of the model that was described: only names and shapes must be the same.
 *
 * @throws WorkbenchError `native` when a graph does not load.
 */
export async function openCtcEncoder(
  backend: InferenceBackend,
  description: CtcEncoderDescription,
  modelSource: ModelSource,
  { threads, clock }: CtcEncoderOptions
): Promise<CtcRecognizer> {
  const frontEndBytes = encodeModel(frontEndModel(description.frontEnd))
  const frontEnd = await backend.open({ kind: 'bytes', bytes: frontEndBytes }, { threads })
  try {
    const model = await backend.open(modelSource, { threads })
    return new OpenCtcEncoder(description, frontEnd, model, clock)
  } catch (error) {
    await frontEnd.release()
    throw error
  }
}

function frontEndModel(frontEnd: FrontEnd) {
  return frontEnd.kind === 'whisper-log-mel'
    ? whisperLogMelModel(frontEnd.parameters)
    : rawWaveformModel(frontEnd)
}

class OpenCtcEncoder implements CtcRecognizer {
  readonly description: CtcEncoderDescription
  readonly #frontEnd: InferenceSession
  readonly #model: InferenceSession
  readonly #clock: Clock

  constructor(
    description: CtcEncoderDescription,
    frontEnd: InferenceSession,
    model: InferenceSession,
    clock: Clock
  ) {
    this.description = description
    this.#frontEnd = frontEnd
    this.#model = model
    this.#clock = clock
  }

  prepare(audio: Audio): Float32Array {
    const { name, sampleRateHz, frontEnd, padToMultipleOfSamples } = this.description
    if (audio.sampleRateHz !== sampleRateHz) {
      throw new WorkbenchError(
        'invalid-input',
        `'${name}' hears audio at ${sampleRateHz} Hz, got ${audio.sampleRateHz} Hz; convert the file to ${sampleRateHz} Hz.`
      )
    }
    this.#checkLength(paddedLength(audio.samples.length, padToMultipleOfSamples))
    // A raw-audio front end must see the sound alone: padding would shift its mean and variance.
    return frontEnd.kind === 'whisper-log-mel'
      ? zeroPad(audio.samples, padToMultipleOfSamples)
      : audio.samples
  }

  async computeInput(audio: Audio): Promise<RuntimeTensor> {
    const samples = this.prepare(audio)
    const waveform = { dataType: 'float32', dims: [1, samples.length], data: samples } as const
    const { features } = await this.#frontEnd.run({ waveform })
    if (features?.dataType !== 'float32') {
      throw new WorkbenchError('internal', 'The front end gave no float32 features.')
    }
    if (this.description.frontEnd.kind === 'whisper-log-mel') return features
    const padded = zeroPad(features.data, this.description.padToMultipleOfSamples)
    return { dataType: 'float32', dims: [1, padded.length], data: padded }
  }

  async computeLogits(input: RuntimeTensor): Promise<CtcLogits> {
    const { name, inputName, outputName, vocabulary } = this.description
    const results = await this.#model.run({ [inputName]: input }, [outputName])
    const output = results[outputName]
    const [batch, frames, classes] = output?.dims ?? []
    if (
      output?.dataType !== 'float32' ||
      output.dims.length !== 3 ||
      batch !== 1 ||
      frames === undefined ||
      classes !== vocabulary.tokens.length
    ) {
      throw new WorkbenchError(
        'unsupported-model',
        `'${name}' gave ${output?.dataType ?? 'no'} ${outputName} [${output?.dims.join(', ') ?? ''}], expected float32 [1, frames, ${vocabulary.tokens.length}].`
      )
    }
    return { logits: output.data, frames, classes }
  }

  decode(logits: CtcLogits): string {
    const { vocabulary } = this.description
    return tokensToText(ctcGreedy(logits, vocabulary.blankId), vocabulary)
  }

  async transcribe(audio: Audio): Promise<Recognition> {
    const start = this.#clock.nowMilliseconds()
    const input = await this.computeInput(audio)
    const featuresDone = this.#clock.nowMilliseconds()
    const logits = await this.computeLogits(input)
    const modelDone = this.#clock.nowMilliseconds()
    const text = this.decode(logits)
    return {
      text,
      timings: {
        featuresMilliseconds: featuresDone - start,
        modelMilliseconds: modelDone - featuresDone,
        decodeMilliseconds: this.#clock.nowMilliseconds() - modelDone
      }
    }
  }

  async release(): Promise<void> {
    await Promise.all([this.#frontEnd.release(), this.#model.release()])
  }

  #checkLength(samples: number): void {
    const { name, minimumSamples, maximumSamples, sampleRateHz } = this.description
    if (samples >= minimumSamples && samples <= (maximumSamples ?? samples)) return
    const limits =
      maximumSamples === undefined
        ? `at least ${minimumSamples / sampleRateHz} s`
        : `${minimumSamples / sampleRateHz} s to ${maximumSamples / sampleRateHz} s`
    throw new WorkbenchError(
      'invalid-input',
      `'${name}' hears utterances of ${limits}, got ${samples / sampleRateHz} s after padding; cut the recording accordingly.`
    )
  }
}

function paddedLength(length: number, multiple: number): number {
  return Math.ceil(length / multiple) * multiple
}

/** Appends zeros up to a multiple; a copy only when there is something to append. */
function zeroPad(samples: Float32Array, multiple: number): Float32Array {
  const length = paddedLength(samples.length, multiple)
  if (length === samples.length) return samples
  const padded = new Float32Array(length)
  padded.set(samples)
  return padded
}
