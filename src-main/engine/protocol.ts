/**
 * What a host and an engine process say to each other. Messages are plain data, cloned between processes; tensors and
 * audio never cross: they are read and written by the engine, and named by path or hash.
 */
import type { BenchSection } from '@contract/bench-report'
import type { DemoPart, DemoSpeechSummary } from '@contract/demo-speech'
import type { ErrorWire } from '@contract/errors'
import type { Gate } from '@contract/gate'
import type { TwinSpectra, WeightStatistics } from '@contract/inspect'
import type { DatasetFacts } from '@contract/library'
import type { ModelDescription } from '@contract/model'
import type { ModelPlan } from '@contract/model-plan'
import type { Progress } from '@contract/progress'
import type { LatencyTable } from '@contract/rank-plan'
import type { EvaluationSettings, LayerSelection } from '@contract/recipe'
import type { ModelSpectra } from '@contract/spectra'
import type { HeardRecording } from '@contract/transcription'
import type { TrainingEvent, TrainingRecipe, TrainingSummary } from '@contract/training'
import type { TrainableCount, TrainableQuestion } from '@contract/training-record'
import type { BuiltModel, Measurement, PairedLatency, UtteranceRecord } from '@contract/trial'
import type { SpeechModelDescription } from '../speech/families/family'
import type { LowRankMaking, TrialMaking } from '../study/trial-spec'

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
  /** How many recordings of the calibration set are used, spread over it; left out, all. */
  readonly calibrationRecordings?: number
  readonly workspaceFolder: string
  /** Whether the calibration set's audio may be resampled to the model's rate. */
  readonly resample: boolean
  /** Whether calibration recordings that cannot be read are left out. */
  readonly skipUnreadable: boolean
  /** Threads for the work of building. */
  readonly threads: number
  /** Threads with which the finished model will run: a condition of predicted latencies. */
  readonly evaluationThreads: number
  /** Where the model goes when it is made for a look only; left out: among the models of the workspace. */
  readonly modelsFolder?: string
}

/** A model and where its statistics come from; what builds, plans and spectra have in common. */
export type SessionParams = Omit<BuildParams, 'making' | 'evaluationThreads' | 'modelsFolder'>

export interface PlanParams extends SessionParams {
  readonly making: LowRankMaking
  readonly evaluationThreads: number
}

export interface SpectraParams extends SessionParams {
  readonly selection: LayerSelection
  readonly damping: number
}

/** One layer; the selection says whose inputs are watched with it. */
export interface LayerParams extends SessionParams {
  readonly selection: LayerSelection
  readonly layerId: string
}

export interface ProbeParams {
  readonly modelPath: string
  readonly workspaceFolder: string
  /** With which the finished models will run. */
  readonly threads: number
  /** Measures even what the cache has, in place of it. */
  readonly again: boolean
}

/** Which model it is, recognised or not. */
export interface IdentifiedModel {
  /** Undefined when no family recognises it. */
  readonly description: SpeechModelDescription | undefined
  /** The ONNX file. */
  readonly modelFile: string
  readonly modelHash: string
}

/** What an engine needs to drive a model without opening its folder again. */
export interface RecognizedModel extends IdentifiedModel {
  readonly description: SpeechModelDescription
  /** Versions of what computes, for the identity of trials. */
  readonly versions: Readonly<Record<string, number>>
}

/** Only so many recordings of a data set, drawn at random; equal seeds draw the same ones. */
export interface Subset {
  readonly utterances: number
  readonly seed: number
}

export interface EvaluateParams {
  readonly description: SpeechModelDescription
  /** ONNX file to run: the described model's own or a tier of it. */
  readonly modelFile: string
  readonly datasetPath: string
  readonly settings: EvaluationSettings
  /** Where a large model goes that is made to find a layer whose values are not finite. Left out: it stays in memory. */
  readonly temporaryFolder?: string
  /** Utterances with a record already; they are not run again, but their records count. */
  readonly known: readonly UtteranceRecord[]
  /** Left out: all. */
  readonly subset?: Subset
  /** When to end before the last recording; recordings then run in a random order. Left out: never. */
  readonly stopping?: {
    readonly gates: readonly Gate[]
    readonly references: Readonly<Record<'baseline' | 'int8', readonly UtteranceRecord[] | undefined>>
  }
}

/** A model and the one that its speed is held against; both are driven alike. */
export interface CompareLatencyParams {
  readonly description: SpeechModelDescription
  /** ONNX files to run. */
  readonly modelFile: string
  readonly referenceFile: string
  readonly datasetPath: string
  readonly settings: EvaluationSettings
  /** As `EvaluateParams` has it. */
  readonly temporaryFolder?: string
}

/** What was measured; which models they were is for the host to say. */
export type ComparedLatency = Omit<PairedLatency, 'reference' | 'referenceHash'>

export interface ExportParams {
  /** How the model is driven, if that is known, and where its sidecar files are: beside its own ONNX file. */
  readonly original: Pick<IdentifiedModel, 'description' | 'modelFile'>
  /** ONNX file to export. */
  readonly modelFile: string
  readonly outputFolder: string
  /** Text files to write beside it, by name. */
  readonly documents: Readonly<Record<string, string>>
}

export interface ExportResult {
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[]
  /**
   * Largest output difference between the exported folder, loaded back, and the stored model: 0 when identical. Null where
   * the model was not run, being large or of no known family: its files then were read back and are the stored ones.
   */
  readonly maxAbsoluteError: number | null
}

export interface TranscribeParams {
  readonly description: SpeechModelDescription
  /** ONNX file to run: the described model's own or a tier of it. */
  readonly modelFile: string
  /** A sound file of any format and rate. */
  readonly audioPath: string
  /** What messages call it. */
  readonly audioName: string
  readonly threads: number
}

export interface CutParams {
  readonly datasetPath: string
  readonly utteranceId: string
  /** Where the WAV file goes; what is there is replaced. */
  readonly wavPath: string
}

export interface CutRecording {
  /** What the data set says was spoken, and the label where there is one: a record's reference is one of them. */
  readonly transcripts: readonly string[]
  readonly sampleRateHz: number
  readonly durationSeconds: number
}

export interface TrainParams {
  readonly modelPath: string
  /** Its paths are not read: they stand in the members here. */
  readonly recipe: TrainingRecipe
  readonly trainingPath: string
  readonly developmentPath: string | undefined
  /** Hashes of the two sets, which belong to what the training is. */
  readonly trainingHash: string
  readonly developmentHash: string | undefined
  readonly workspaceFolder: string
}

export interface TrainedModel extends TrainingSummary {
  readonly modelFile: string
  readonly modelHash: string
  readonly sizeBytes: number
}

/** One part of a benchmark. */
export interface BenchParams extends SessionParams {
  readonly part: 'decomposition' | 'latency' | 'planning' | 'study' | 'training-step'
  /** Recordings that are heard. */
  readonly datasetPath: string
  readonly utterances: number
  /** Counted repetitions. */
  readonly runs: number
  /** Sizes in a study, and how often it is made. */
  readonly tiers: number
  readonly studies: number
  /** Threads of the models whose latency is measured. */
  readonly evaluationThreads: number
}

/** One engine's share of recordings that several engines hear at once. */
export interface BenchStreamParams extends SessionParams {
  readonly datasetPath: string
  readonly utterances: number
  /** This engine's number, from 0, among all. */
  readonly engine: number
  readonly engines: number
}

export interface DemoSpeechParams {
  readonly part: DemoPart
  readonly seed: number
  /** Gets the manifest and a folder of recordings, both named for the part; what has these names is replaced. */
  readonly outputFolder: string
  /** Only the first so many. Left out: all of the part. */
  readonly utterances?: number
}

/** Every request with its parameters and result. */
export interface EngineRequests {
  'model.describe': { params: { modelPath: string }; result: ModelDescription }
  /** @throws WorkbenchError `unsupported-model` with the reason when no family recognises it. */
  'model.recognize': { params: { modelPath: string }; result: RecognizedModel }
  'model.identify': { params: { modelPath: string }; result: IdentifiedModel }
  'dataset.describe': {
    params: { readonly datasetPath: string; readonly skipUnreadable?: boolean; readonly subset?: Subset }
    result: DatasetDescription
  }
  /** A cheap look at a data set: transcripts, and a few of its recordings. */
  'dataset.peek': { params: { readonly datasetPath: string }; result: DatasetFacts }
  'model.build': { params: BuildParams; result: BuiltModel & { readonly modelFile: string } }
  /** Chooses ranks without making the model. */
  'model.plan': { params: PlanParams; result: ModelPlan }
  'model.spectra': { params: SpectraParams; result: ModelSpectra }
  'weights.statistics': { params: LayerParams; result: WeightStatistics }
  /** Spectra of the products in the attention that a layer belongs to. */
  'model.twins': { params: LayerParams; result: TwinSpectra }
  /** Times of this machine for the shapes of a model's layers. */
  'machine.probe': {
    params: ProbeParams
    result: { readonly table: LatencyTable; readonly rankMultiple: number }
  }
  'model.evaluate': { params: EvaluateParams; result: Measurement }
  'latency.compare': { params: CompareLatencyParams; result: ComparedLatency }
  'bench.conditions': {
    params: { readonly modelPath: string }
    result: { readonly modelHash: string; readonly runtime: string }
  }
  'bench.run': { params: BenchParams; result: BenchSection }
  'bench.stream': {
    params: BenchStreamParams
    result: {
      /** Milliseconds since 1970, on a clock that processes share. */
      readonly startedAt: number
      readonly endedAt: number
      readonly processorMilliseconds: number
      readonly audioSeconds: number
    }
  }
  'model.export': { params: ExportParams; result: ExportResult }
  /** Goes on from the last checkpoint of the same training, if there is one. */
  'model.train': { params: TrainParams; result: TrainedModel }
  'model.countTrainable': { params: TrainableQuestion; result: TrainableCount }
  'model.transcribe': { params: TranscribeParams; result: HeardRecording }
  'dataset.cut': { params: CutParams; result: CutRecording }
  /** @throws WorkbenchError `not-found` when a program that this needs is not installed. */
  'demo.speech': { params: DemoSpeechParams; result: DemoSpeechSummary }
  /** Writes the demo's model as it is before its training into a folder. */
  'demo.model': { params: { readonly folder: string; readonly seed: number }; result: null }
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
  /** What a training tells while it runs. */
  | { readonly kind: 'training'; readonly id: number; readonly event: TrainingEvent }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorWire }
