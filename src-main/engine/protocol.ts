/**
 * What a host and an engine process say to each other. Messages are plain data, cloned between processes; tensors and
 * audio never cross: they are read and written by the engine, and named by path or hash.
 */
import type { ErrorWire } from '@contract/errors'
import type { ModelDescription } from '@contract/model'
import type { Progress } from '@contract/progress'
import type { EvaluationSettings } from '@contract/recipe'
import type { BuiltModel, Measurement, UtteranceRecord } from '@contract/trial'
import type { SpeechModelDescription } from '../speech/families/family'
import type { TrialMaking } from '../study/trial-spec'

export interface DatasetDescription {
  /** Hash over every utterance's audio bytes and text. */
  readonly datasetHash: string
  /** Hash of each recording's bytes, to tell whether two sets share one. */
  readonly audioHashes: readonly string[]
  readonly utterances: number
  readonly speakers: number
}

export interface BuildParams {
  readonly modelPath: string
  readonly making: TrialMaking
  readonly calibrationPath: string | undefined
  /** Hash of the calibration set, where it is known already: hashing reads all of its audio. */
  readonly calibrationHash: string | undefined
  readonly workspaceFolder: string
  /** Whether the calibration set's audio may be resampled to the model's rate. */
  readonly resample: boolean
  readonly threads: number
}

/** What an engine needs to drive a model without opening its folder again. */
export interface RecognizedModel {
  readonly description: SpeechModelDescription
  /** The ONNX file. */
  readonly modelFile: string
  readonly modelHash: string
  /** Versions of what computes, for the identity of trials. */
  readonly versions: Readonly<Record<string, number>>
}

export interface EvaluateParams {
  readonly description: SpeechModelDescription
  /** ONNX file to run: the described model's own or a tier of it. */
  readonly modelFile: string
  readonly datasetPath: string
  readonly settings: EvaluationSettings
  /** Utterances with a record already; they are not run again, but their records count. */
  readonly known: readonly UtteranceRecord[]
}

export interface ExportParams {
  /** How the model is driven, and where its sidecar files are: beside its own ONNX file. */
  readonly original: RecognizedModel
  /** ONNX file to export. */
  readonly modelFile: string
  readonly outputFolder: string
  /** Text files to write beside it, by name. */
  readonly documents: Readonly<Record<string, string>>
}

export interface ExportResult {
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[]
  /** Largest output difference between the exported folder, loaded back, and the stored model: 0 when identical. */
  readonly maxAbsoluteError: number
}

/** Every request with its parameters and result. */
export interface EngineRequests {
  'model.describe': { params: { modelPath: string }; result: ModelDescription }
  /** @throws WorkbenchError `unsupported-model` with the reason when no family recognises it. */
  'model.recognize': { params: { modelPath: string }; result: RecognizedModel }
  'dataset.describe': { params: { datasetPath: string }; result: DatasetDescription }
  'model.build': { params: BuildParams; result: BuiltModel & { readonly modelFile: string } }
  'model.evaluate': { params: EvaluateParams; result: Measurement }
  'model.export': { params: ExportParams; result: ExportResult }
}

export type EngineRequestName = keyof EngineRequests

/** From host to engine. */
export type HostMessage =
  | {
      [N in EngineRequestName]: {
        readonly kind: 'request'
        readonly id: number
        readonly name: N
        readonly params: EngineRequests[N]['params']
      }
    }[EngineRequestName]
  | { readonly kind: 'cancel'; readonly id: number }

/** From engine to host. */
export type EngineMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  /** Records that are final: a host that stores them at once loses nothing when the engine dies later. */
  | { readonly kind: 'records'; readonly id: number; readonly records: readonly UtteranceRecord[] }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorWire }
