/** What is known about a speech model once its family is recognized, and how a recognizer of it is driven. */
import type { RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import type { LabelScore, ScoreKind } from '../decode/classify'
import type { CtcLogits } from '../decode/ctc-greedy'
import type { FrontEnd } from '../features/front-end'
import type { CtcVocabulary } from '../text/ctc-vocabulary'

/** Another input of the graph, whose values follow from the shape of the main one. */
export interface CompanionInput {
  readonly name: string
  /** `length` [batch]: how many frames are valid; `mask` [batch, frames]: 1 for each of them. */
  readonly kind: 'length' | 'mask'
  readonly dataType: 'int64' | 'int32' | 'bool'
}

/** What every family needs to turn sound into the graph's input and back out. Plain data: it crosses processes. */
export interface DrivenModel {
  /** Name of the model's folder. */
  readonly name: string
  readonly modelFile: string
  readonly frontEnd: FrontEnd
  readonly inputName: string
  readonly companionInputs: readonly CompanionInput[]
  readonly outputName: string
  readonly sampleRateHz: number
  /** Zeros are appended up to a multiple of this; 1 appends none. */
  readonly padToMultipleOfSamples: number
  /** The shortest audio, after padding, of which the model can make something. */
  readonly minimumSamples: number
  /** The longest audio, after padding, that the model takes; undefined when there is no limit. */
  readonly maximumSamples: number | undefined
  /** What happens to longer audio: a classifier hears its beginning, a transcript must not lose words. */
  readonly longerAudio: 'refuse' | 'crop'
  /** Files beside the model that an export must take along, in the model's folder. */
  readonly sidecars: readonly string[]
}

/** An encoder with a CTC head: one run of one graph gives the logits of the whole utterance. */
export interface CtcEncoderDescription extends DrivenModel {
  readonly family: 'ctc-encoder'
  /** Frames of logits per second; undefined when the configuration does not tell. */
  readonly framesPerSecond: number | undefined
  readonly vocabulary: CtcVocabulary
}

/** A classifier: one run of one graph gives a score per label for the whole recording. */
export interface AudioClassifierDescription extends DrivenModel {
  readonly family: 'audio-classifier'
  /** Index = class of the output. */
  readonly labels: readonly string[]
  readonly scores: ScoreKind
}

/** One member per family. */
export type SpeechModelDescription = CtcEncoderDescription | AudioClassifierDescription

/** A float32 tensor, as models give it. */
export type FloatTensor = Extract<RuntimeTensor, { dataType: 'float32' }>

/** Where the time of one utterance went. */
export interface RecognitionTimings {
  readonly featuresMilliseconds: number
  readonly modelMilliseconds: number
  readonly decodeMilliseconds: number
}

/** What a model says about a recording. */
export type Interpretation =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'label'
      readonly label: string
      /** The most probable labels, best first; `label` is the first of them. */
      readonly topLabels: readonly LabelScore[]
    }

export interface TimedInterpretation {
  readonly interpretation: Interpretation
  readonly timings: RecognitionTimings
}

/** What a model says about several recordings that it heard at once. */
export interface TimedBatch {
  /** In the order of the recordings. Padding may have changed them: nothing is scored by them. */
  readonly interpretations: readonly Interpretation[]
  /** Of all recordings together. */
  readonly timings: RecognitionTimings
  /** Share of the model's input that is padding, 0 to 1. */
  readonly paddingShare: number
}

/**
 * An open model of any family. `recognize` is `computeInput`, `computeOutput` and `interpret` in a row; calibration and
 * tests use the steps. One recording at a time; every step but `prepare` and `interpret` blocks its thread while it runs.
 */
export interface SpeechRecognizer<Description extends DrivenModel = SpeechModelDescription> {
  readonly description: Description
  /**
   * The samples that the front end hears: checked, cropped, and for log-mel models padded with zeros.
   *
   * @throws WorkbenchError `invalid-input` for another sample rate, or for audio too short or too long for the model.
   */
  prepare(audio: Audio): Float32Array
  /** The model's main input: features, or the waveform itself. `modelFeeds` gives the others. */
  computeInput(audio: Audio): Promise<RuntimeTensor>
  /** @throws WorkbenchError `unsupported-model` when the output has not the shape of the family. */
  computeOutput(input: RuntimeTensor): Promise<FloatTensor>
  /** @throws WorkbenchError `numerical` when a score is not finite. */
  interpret(output: FloatTensor): Interpretation
  recognize(audio: Audio): Promise<TimedInterpretation>
  /** Why the model cannot hear several recordings at once, as a sentence; undefined when it can. */
  readonly batchObstacle: string | undefined
  /**
   * `recognize` for several recordings in one run of the model, padded to the longest of them.
   *
   * @throws WorkbenchError `unsupported-model` with the obstacle where there is one; `native` when the graph says that its
   *   batch is free but has another size fixed inside.
   */
  recognizeBatch(audios: readonly Audio[]): Promise<TimedBatch>
  /** Frees the native memory; the recognizer must not be used afterwards. */
  release(): Promise<void>
}

export interface Recognition {
  readonly text: string
  readonly timings: RecognitionTimings
}

/** An open CTC model, with its steps by their own names. */
export interface CtcRecognizer extends SpeechRecognizer<CtcEncoderDescription> {
  /** @throws WorkbenchError `unsupported-model` when the output is not [1, frames, classes] float32. */
  computeLogits(input: RuntimeTensor): Promise<CtcLogits>
  /** Greedy CTC. @throws WorkbenchError `numerical` when a logit is not finite. */
  decode(logits: CtcLogits): string
  transcribe(audio: Audio): Promise<Recognition>
}

export interface Classification {
  readonly label: string
  /** [labels] as the model gave them. */
  readonly scores: Float32Array
  /** [labels], 0 to 1. */
  readonly probabilities: Float64Array
  readonly timings: RecognitionTimings
}

/** An open audio classifier. */
export interface ClassifierRecognizer extends SpeechRecognizer<AudioClassifierDescription> {
  classify(audio: Audio): Promise<Classification>
}
