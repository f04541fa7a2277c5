/** What is known about a speech model once its family is recognized, and how a recognizer of it is driven. */
import type { RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import type { CtcLogits } from '../decode/ctc-greedy'
import type { LogMelParameters } from '../features/whisper-log-mel'
import type { CtcVocabulary } from '../text/ctc-vocabulary'

/** How sound becomes the model's input. */
export type FrontEnd =
  | { readonly kind: 'whisper-log-mel'; readonly parameters: LogMelParameters }
  | { readonly kind: 'raw-waveform'; readonly normalize: boolean }

export type InputKind = FrontEnd['kind']

/** An encoder with a CTC head: one run of one graph gives the logits of the whole utterance. */
export interface CtcEncoderDescription {
  readonly family: 'ctc-encoder'
  /** Name of the model's folder. */
  readonly name: string
  readonly modelFile: string
  readonly frontEnd: FrontEnd
  readonly inputName: string
  readonly outputName: string
  readonly sampleRateHz: number
  /** Zeros are appended up to a multiple of this; 1 appends none. */
  readonly padToMultipleOfSamples: number
  /** The shortest audio, after padding, of which the model can make a frame. */
  readonly minimumSamples: number
  /** The longest audio, after padding, that the model has positions for; undefined when there is no limit. */
  readonly maximumSamples: number | undefined
  /** Frames of logits per second; undefined when the configuration does not tell. */
  readonly framesPerSecond: number | undefined
  readonly vocabulary: CtcVocabulary
  /** Files beside the model that an export must take along, in the model's folder. */
  readonly sidecars: readonly string[]
}

/** One member per family. */
export type SpeechModelDescription = CtcEncoderDescription

/** Where the time of one utterance went. */
export interface RecognitionTimings {
  readonly featuresMilliseconds: number
  readonly modelMilliseconds: number
  readonly decodeMilliseconds: number
}

export interface Recognition {
  readonly text: string
  readonly timings: RecognitionTimings
}

/**
 * An open CTC model. `transcribe` is `computeInput`, `computeLogits` and `decode` in a row; calibration and tests use
 * the steps. One utterance at a time; every step but `decode` and `prepare` blocks its thread while it runs.
 */
export interface CtcRecognizer {
  readonly description: CtcEncoderDescription
  /**
   * The samples that the front end hears: checked, and for log-mel models padded with zeros.
   *
   * @throws WorkbenchError `invalid-input` for another sample rate, or for audio too short or too long for the model.
   */
  prepare(audio: Audio): Float32Array
  /** The model's input: [1, melBins, frames] or [1, samples], float32. */
  computeInput(audio: Audio): Promise<RuntimeTensor>
  /** @throws WorkbenchError `unsupported-model` when the output is not [1, frames, classes] float32. */
  computeLogits(input: RuntimeTensor): Promise<CtcLogits>
  /** Greedy CTC. @throws WorkbenchError `numerical` when a logit is not finite. */
  decode(logits: CtcLogits): string
  transcribe(audio: Audio): Promise<Recognition>
  /** Frees the native memory; the recognizer must not be used afterwards. */
  release(): Promise<void>
}
