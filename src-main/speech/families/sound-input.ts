/** The way of the sound to a model of any family: checks and padding, then the front end, an ONNX graph. */
import { WorkbenchError } from '@contract/errors'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { InferenceBackend, InferenceSession, RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import { frontEndModel } from '../features/front-end'
import type { DrivenModel } from './family'
import { paddedSamples } from './model-feeds'

/** Opens the front end of `description` and no model: what only needs inputs takes no memory for weights. */
export async function openSoundInput<Description extends DrivenModel>(
  backend: InferenceBackend,
  description: Description,
  { threads }: { readonly threads: number }
): Promise<SoundInput<Description>> {
  const bytes = encodeModel(frontEndModel(description.frontEnd))
  return new SoundInput(description, await backend.open({ kind: 'bytes', bytes }, { threads }))
}

/** The steps of `SpeechRecognizer` before the model. Its session runs in an engine process only. */
export class SoundInput<Description extends DrivenModel = DrivenModel> {
  readonly description: Description
  readonly #frontEnd: InferenceSession

  constructor(description: Description, frontEnd: InferenceSession) {
    this.description = description
    this.#frontEnd = frontEnd
  }

  prepare(audio: Audio): Float32Array {
    const { name, sampleRateHz, frontEnd, maximumSamples, longerAudio } = this.description
    if (audio.sampleRateHz !== sampleRateHz) {
      throw new WorkbenchError(
        'invalid-input',
        `'${name}' hears audio at ${sampleRateHz} Hz, got ${audio.sampleRateHz} Hz; convert the file to ${sampleRateHz} Hz.`
      )
    }
    const samples = longerAudio === 'crop' ? audio.samples.subarray(0, maximumSamples) : audio.samples
    const length = paddedSamples(this.description, samples.length)
    this.#checkLength(length)
    // A raw-audio front end must see the sound alone: padding would shift its mean and variance.
    return frontEnd.kind === 'raw-waveform' ? samples : zeroPad(samples, length)
  }

  async computeInput(audio: Audio): Promise<RuntimeTensor> {
    const samples = this.prepare(audio)
    const waveform = { dataType: 'float32', dims: [1, samples.length], data: samples } as const
    const { features } = await this.#frontEnd.run({ waveform })
    if (features?.dataType !== 'float32') {
      throw new WorkbenchError('internal', 'The front end gave no float32 features.')
    }
    if (this.description.frontEnd.kind !== 'raw-waveform') return features
    const padded = zeroPad(features.data, paddedSamples(this.description, samples.length))
    return { dataType: 'float32', dims: [1, padded.length], data: padded }
  }

  async release(): Promise<void> {
    await this.#frontEnd.release()
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

/** Appends zeros up to `length`; a copy only when there is something to append. */
function zeroPad(samples: Float32Array, length: number): Float32Array {
  if (length === samples.length) return samples
  const padded = new Float32Array(length)
  padded.set(samples)
  return padded
}
